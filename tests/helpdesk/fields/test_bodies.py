"""Texts in the helpdesk's form, and what becomes of long ones."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import Context, current
from fin_bridge.helpdesk.fields import bodies
from fin_bridge.helpdesk.text import renderers
from helpdesk_demo.models import Ticket
from tests.helpdesk.text import page

CONTEXT = Context("default")


def bound(body: bodies.Body) -> bodies.Body:
    """On the subject of the demo's tickets, which holds 200 characters."""
    return body.bind(current().conversations, "body")


def test_markdown_is_read_as_html() -> None:
    field = bound(fin.Markdown("subject"))
    text = "one\n**two**\n\n- a\n- b\n\n<script>x</script>"
    assert field.to_fin(text) == ("<p>one<br><b>two</b></p><ul><li>a</li><li>b</li></ul>")


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("<p>a <b>b</b> <i>c</i></p><p>d<br>e</p>", "a **b** *c*\n\nd  \ne"),
        ("<h1>T</h1><ul><li>a</li></ul>", "# T\n\n-   a"),
        ('<a href="https://x.example">x</a>', "[x](https://x.example)"),
        ("<p>2 * 3 * snake_case</p>", r"2 \* 3 \* snake_case"),
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
        "<p>&lt;printer&gt; is <b>down</b></p><p>&lt;div&gt;x&lt;/div&gt;</p>"
    )
    assert "printer" not in bound(fin.Markdown("subject")).to_fin(text)


def test_the_renderer_is_the_hosts_to_name() -> None:
    struck = "~~a~~"
    assert bound(fin.Markdown("subject", renderer="commonmark")).to_fin(struck) == "<p>~~a~~</p>"
    assert bound(fin.Markdown("subject", renderer="github")).to_fin(struck) == "<p>~a~</p>"
    mine = bound(fin.Markdown("subject", renderer=lambda text: f"<p>{text.upper()}</p>"))
    assert mine.to_fin("a") == "<p>A</p>"


def test_a_renderer_that_reads_no_references_has_none_written() -> None:
    markup = "<p>a]<i>b</i>c](d)</p>"
    assert bound(fin.Markdown("subject")).from_fin(markup) == "a]*b*c&#93;(d)"
    mine = bound(fin.Markdown("subject", renderer=lambda text: html.escape(text)))
    assert mine.from_fin(markup) == r"a]*b*c\](d)"


def test_a_renderer_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    field = bound(fin.Markdown("subject", renderer="mistune"))
    assert list(field.problems()) == []
    monkeypatch.setattr(renderers, "find_spec", lambda name: None)
    assert list(field.problems()) == [
        "The renderer 'mistune' is not installed: pip install 'django-fin-bridge[mistune]'"
    ]
    (problem,) = bound(fin.Markdown("subject", renderer="markdown2")).problems()
    assert problem.startswith("'markdown2' is no renderer of Markdown: name one of python-")
    assert problem.endswith(", github, mistune, or give a callable")
    assert list(bound(fin.Markdown("subject", renderer=html.escape)).problems()) == []


LONG = f"<p>{' '.join(['word'] * 100)}</p>"


@pytest.mark.parametrize("kind", [fin.Html, fin.Text, fin.Markdown])
def test_a_long_text_is_parted_between_words(kind: Any) -> None:
    field = bound(kind("subject"))
    pieces = field.pieces(LONG)
    assert len(pieces) > 2
    assert all(len(field.from_fin(piece)) <= 200 for piece in pieces)
    assert " ".join(re.sub("<.*?>", "", piece) for piece in pieces).split() == ["word"] * 100
    assert field.pieces("<p><b>short</b></p>") == ["<p><b>short</b></p>"]


@pytest.mark.parametrize("kind", [fin.Html, fin.Text, fin.Markdown])
def test_steps_with_links_keep_their_numbers_and_addresses_in_parting(kind: Any) -> None:
    steps = "".join(
        f'<li>Step {n}: open <a href="https://x.example/page/{n}">page {n}</a></li>'
        for n in range(1, 9)
    )
    field = bound(kind("subject"))
    stored = [field.from_fin(piece) for piece in field.pieces(f"<ol>{steps}</ol>")]
    assert len(stored) > 1
    assert all(len(piece) <= 200 for piece in stored)
    lines = [line for piece in stored for line in page.read(field.to_fin(piece)).lines]
    if kind is fin.Text:
        assert [line.text.split()[0] for line in lines] == [f"{n}." for n in range(1, 9)]
    else:
        told = [f"{line.marks} {line.text}".split()[0] for line in lines]
        assert told == [f"{n}." for n in range(1, 9)]
    assert all(f"https://x.example/page/{n}" in "".join(stored) for n in range(1, 9))


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


def test_a_body_of_ones_own_says_how_it_is_read_and_written() -> None:
    field = bound(bodies.Body("subject"))
    with pytest.raises(NotImplementedError):
        field.to_fin("")
    with pytest.raises(NotImplementedError):
        field.from_fin("")


@pytest.mark.parametrize("kind", [fin.Html, fin.Text, fin.Markdown])
@pytest.mark.parametrize("stored", ["", " \n ", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}"])
def test_a_text_without_a_word_is_none(kind: type[bodies.Body], stored: str) -> None:
    assert bound(kind("subject")).word(stored) is None


def test_an_empty_paragraph_is_no_word() -> None:
    assert bound(fin.Html("subject")).word("<p><br></p><figure></figure>") is None
    assert bound(fin.Html("subject")).word("<p>👍</p>") == "<p>👍</p>"
