"""Texts in the helpdesk's form, and what becomes of long ones."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import Context, current
from fin_bridge.helpdesk.fields import bodies
from helpdesk_demo.models import Ticket

CONTEXT = Context("default")


def bound(body: bodies.Body) -> bodies.Body:
    """On the subject of the demo's tickets, which holds 200 characters."""
    return body.bind(current().conversations, "body")


def test_markdown_is_read_as_html() -> None:
    field = bound(fin.Markdown("subject"))
    text = "one\n**two**\n\n- a\n- b\n\n<script>x</script>"
    assert field.to_fin(text) == (
        "<p>one<br>\n<b>two</b></p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("<p>a <b>b</b> <i>c</i></p><p>d<br>e</p>", "a **b** *c*\n\nd  \ne"),
        ("<h1>T</h1><ul><li>a</li></ul>", "# T\n\n- a"),
        ('<a href="https://x.example">x</a>', "[x](https://x.example)"),
        ("<p>2 * 3 * snake_case</p>", r"2 \* 3 \* snake\_case"),
    ],
)
def test_html_is_written_as_markdown(markup: str, markdown: str) -> None:
    assert bound(fin.Markdown("subject")).from_fin(markup) == markdown


TEXTS = (
    "# 1 & 2 &amp; <b>C:\\new\\*</b> *a* _b_ `c` [d](https://x.example) ![e](f) <!-- g -->",
    "12. twelve",
    "- dash",
    "+ plus",
    "> quote",
    "---",
    "[a]: https://x.example",
    "<printer> 1 < 2 <3 <a@x.example> </b>",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("raw_html", [True, False])
def test_a_text_is_written_as_markdown_and_read_as_itself(text: str, raw_html: bool) -> None:
    field = bound(fin.Markdown("subject", raw_html=raw_html))
    markup = f"<p>{html.escape(text, quote=False)}</p>"
    assert field.to_fin(field.from_fin(markup)) == markup


def test_where_tags_are_text_they_are_read_as_such() -> None:
    text = "<printer> is **down**\n\n<div>x</div>"
    assert bound(fin.Markdown("subject", raw_html=False)).to_fin(text) == (
        "<p>&lt;printer&gt; is <b>down</b></p>\n<p>&lt;div&gt;x&lt;/div&gt;</p>"
    )
    assert "printer" not in bound(fin.Markdown("subject")).to_fin(text)


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    field = bound(fin.Markdown("subject"))
    assert list(field.problems()) == []
    monkeypatch.setattr(bodies, "find_spec", lambda name: None)
    assert list(field.problems()) == [
        "Markdown needs two libraries: pip install 'django-fin-bridge[markdown]'"
    ]


LONG = f"<p>{' '.join(['word'] * 100)}</p>"


@pytest.mark.parametrize("kind", [fin.Html, fin.Text, fin.Markdown])
def test_a_long_text_is_parted_between_words(kind: Any) -> None:
    field = bound(kind("subject"))
    pieces = field.pieces(LONG)
    assert len(pieces) > 2
    assert all(len(field.from_fin(piece)) <= 200 for piece in pieces)
    assert " ".join(re.sub("<.*?>", "", piece) for piece in pieces).split() == ["word"] * 100
    assert field.pieces("<p><b>short</b></p>") == ["<p><b>short</b></p>"]


def test_a_long_text_is_truncated_or_refused_where_that_is_said() -> None:
    ticket = Ticket()
    cut = bound(fin.Text("subject", too_long="truncate"))
    assert cut.pieces(LONG) == [LONG]
    cut.write(ticket, LONG, CONTEXT)
    assert len(ticket.subject) == 200
    refusing = bound(fin.Text("subject", too_long="refuse"))
    with pytest.raises(RefusedError, match="200 characters"):
        refusing.write(ticket, LONG, CONTEXT)
    refusing.write(ticket, "<p>short</p>", CONTEXT)
    assert ticket.subject == "short"


@given(st.text(max_size=600))
def test_no_word_is_lost_in_parting(text: str) -> None:
    pieces = list(bodies._cut(text, 50))
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(len(piece) <= 51 for piece in pieces)


def test_a_body_of_ones_own_says_how_it_is_read_and_written() -> None:
    field = bound(bodies.Body("subject"))
    with pytest.raises(NotImplementedError):
        field.to_fin("")
    with pytest.raises(NotImplementedError):
        field.from_fin("")
