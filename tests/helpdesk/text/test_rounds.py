"""What Fin writes is read so on the helpdesk's page, and stays so over any number of rounds."""

from __future__ import annotations

import html
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import markdown

from fin_bridge import helpdesk as fin
from fin_bridge.helpdesk.text import renderers
from tests.helpdesk.text import page
from tests.helpdesk.text.texts import TEXTS

RENDERERS = ["python-markdown", "commonmark", "github", "mistune"]
ROUNDS = 5


def test_there_are_enough_texts() -> None:
    assert len(set(TEXTS)) == len(TEXTS) >= 60


@pytest.mark.parametrize("raw_html", [True, False])
@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("markup", TEXTS)
def test_markdown_is_read_as_written_each_time(markup: str, name: str, raw_html: bool) -> None:
    body = fin.Markdown("body", renderer=name, raw_html=raw_html)
    written, stored = page.read(markup), body.from_fin(markup)
    render = renderers.named(name, raw_html=raw_html)
    assert page.read(render(stored)).headings == written.headings
    stored_once = body.from_fin(body.to_fin(stored))
    for _ in range(ROUNDS):
        shown = page.read(render(stored))
        assert shown.lines == written.lines
        assert not [link for link in written.links if link not in shown.links]
        fins = body.to_fin(stored)
        assert page.read(fins).lines == written.lines
        stored = body.from_fin(fins)
        assert stored == stored_once


@pytest.mark.parametrize("markup", TEXTS)
def test_markdown_is_read_as_written_by_a_function_of_ones_own(markup: str) -> None:
    render = partial(markdown, extensions=["extra", "nl2br"])
    body = fin.Markdown("body", renderer=render)
    assert page.read(render(body.from_fin(markup))).lines == page.read(markup).lines


@pytest.mark.parametrize("name", ["python-markdown", "commonmark", "github"])
@pytest.mark.parametrize("markup", TEXTS)
def test_markdown_keeps_what_is_bold(markup: str, name: str) -> None:
    body = fin.Markdown("body", renderer=name)
    shown = page.read(renderers.named(name, raw_html=True)(body.from_fin(markup)))
    written = page.read(markup)
    assert (shown.bold, shown.italic) == (written.bold, written.italic)


@pytest.mark.parametrize("markup", TEXTS)
def test_plain_text_stays_the_same(markup: str) -> None:
    body = fin.Text("body")
    stored = body.from_fin(markup)
    assert body.from_fin(body.to_fin(stored)) == stored


@pytest.mark.parametrize("markup", TEXTS)
def test_html_is_read_as_written_each_time(markup: str) -> None:
    body = fin.Html("body")
    written, stored = page.read(markup), body.from_fin(markup)
    for _ in range(ROUNDS):
        stored = body.from_fin(body.to_fin(stored))
        assert page.read(stored).lines == written.lines


# --- Any tree of Fin's tags ---------------------------------------------------------------------

_MARKS = [*"*_`#-+=~|[]()!<>&:\\", "**", "~~", "1.", "2)", "](", "![", "---", "<i", "&copy;"]
_OTHERS = ["a", "b c", " ", "x_y", "C#", "\N{LATIN SMALL LETTER E WITH ACUTE}", '"', "{#a}", "%"]
_ADDRESSES = ["https://x.example/a_b", "https://x.example/*c*", "a@x.example", "^", "$"]
_WORDS = st.sampled_from([*_MARKS, *_OTHERS, *_ADDRESSES, "\N{RIGHT CORNER BRACKET}"])
_TEXT = st.lists(_WORDS, min_size=1, max_size=4).map(
    lambda words: html.escape("".join(words), quote=False)
)
_CODE = _TEXT.map(lambda text: f"<code>{text}</code>")
_PICTURE = st.just('<img src="https://x.example/i_j.png" alt="a [b]">')
_INLINE = st.recursive(
    st.one_of(_TEXT, _CODE, _PICTURE, st.just("<br>")),
    lambda inline: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag.split()[0]}>",
        st.sampled_from(["b", "i", 'a href="https://x.example/(q)?a=1&amp;b=2"']),
        st.lists(inline, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
_PROSE = st.lists(_INLINE, min_size=1, max_size=3).map("".join)
_LINES = st.lists(
    st.sampled_from(["a", "  b", "# c", "- d", "", "`e`", "~~~", "1. f"]), max_size=3
)
_LEAF = st.one_of(
    st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["p", "h1", "h2"]), _PROSE),
    _LINES.map(lambda lines: f"<p><code>{'<br>'.join(['first', *lines, 'last'])}</code></p>"),
    _PROSE,
)


def _lists(blocks: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    item = st.builds(
        lambda text, inside: f"<li>{text}{''.join(inside)}</li>",
        st.one_of(st.just(""), _PROSE),
        st.lists(blocks, max_size=2),
    )
    return st.builds(
        lambda tag, items: f"<{tag}>{''.join(items)}</{tag}>",
        st.sampled_from(["ul", "ol"]),
        st.lists(item, min_size=1, max_size=3),
    )


TREES = st.lists(st.recursive(_LEAF, _lists, max_leaves=5), min_size=1, max_size=3).map("".join)


@pytest.mark.parametrize("name", RENDERERS)
@settings(max_examples=100, deadline=None)
@given(markup=TREES)
def test_any_tree_of_fins_tags_survives_each_round(name: str, markup: str) -> None:
    body = fin.Markdown("body", renderer=name)
    written = body.from_fin(markup)
    expected = page.read(fin.Html("body").from_fin(markup)).lines
    assert page.read(renderers.named(name, raw_html=True)(written)).lines == expected
