"""Whatever is nested in whatever: words stay in order, tags are Fin's, and twice is once."""

import re
from html import escape, unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fin_bridge.helpdesk.text import html, portions, tree
from fin_bridge.helpdesk.text.sanitising import TAGS

WORDS = st.sampled_from(["apple", "b < c", "d &amp", "1.", "ключ", "a_b", "> x", "x\n y"])
INLINE = [
    "b",
    "i",
    "em",
    "strong",
    "s",
    "u",
    "sup",
    "sub",
    "span",
    "code",
    "a",
    "mark",
    "font",
    "label",
    "q",
    "small",
    "del",
    "ins",
    "kbd",
    "o:p",
    "button",
    "cite",
]
BLOCKS = [
    "p",
    "div",
    "h1",
    "h3",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "dl",
    "dt",
    "dd",
    "section",
    "center",
    "details",
    "figure",
    "figcaption",
    "my-block",
    "address",
]
STYLES = st.sampled_from(
    ["", ' style="font-weight:bold"', ' style="font-weight:normal"', ' class="ql-indent-2"',
     ' data-list="ordered"', ' style="white-space:pre-wrap"', ' href="https://a.example"',
     ' start="4"', ' type="a"', ' colspan="2"', ' data-checked="true"', ' value="3"',
     ' style="display:inline"', ' style="display:block"']
)  # fmt: skip
LEAF = WORDS.map(escape)


def table(rows: list[list[str]]) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


TREES = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.builds(
            lambda tag, style, children: f"<{tag}{style}>{''.join(children)}</{tag}>",
            st.sampled_from([*INLINE, *BLOCKS]),
            STYLES,
            st.lists(inner, max_size=5),
        ),
        st.lists(st.lists(inner, max_size=3), max_size=3).map(table),
    ),
    max_leaves=30,
)
FINS = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.builds(
            lambda tag, children: f"<{tag}>{''.join(children)}</{tag}>",
            st.sampled_from(["p", "h1", "h2", "b", "i", "code", "li"]),
            st.lists(inner, max_size=4),
        ),
        st.builds(
            lambda tag, items: f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>",
            st.sampled_from(["ul", "ol"]),
            st.lists(inner, min_size=1, max_size=4),
        ),
    ),
    max_leaves=20,
)

_MARK = re.compile(r"[^a-z\u0430-\u044f]+")


def words(markup: str) -> str:
    """The letters of a text, without those that say a mark or a number."""
    text = unescape(re.sub(r"<[^>]*>", " ", markup))
    return _MARK.sub("", re.sub(r"\[x\]|\b(?:[a-z]\.|[ivx]+\.)(?=\s|$)", "", text))


def foreign(markup: str) -> set[str]:
    return {tag for tag in re.findall(r"</?([a-z0-9:-]+)", markup) if tag not in TAGS}


@settings(max_examples=300, deadline=None)
@given(st.lists(TREES, max_size=4).map("".join))
def test_words_stay_in_order_and_tags_are_fins(markup: str) -> None:
    shown = html.to_fin(markup)
    assert words(shown) == words(_as_a_browser_reads(markup))
    assert foreign(shown) == set()
    assert html.from_fin(shown) == shown


def _as_a_browser_reads(markup: str) -> str:
    """The texts of the tree that a browser builds."""
    return escape(" ".join(event for event in tree.events(markup) if isinstance(event, str)))


@settings(max_examples=300, deadline=None)
@given(st.lists(TREES, max_size=4).map("".join))
def test_what_fin_is_shown_reads_the_same_when_it_is_read_again(markup: str) -> None:
    shown = html.to_fin(markup)
    assert html.to_fin(shown) == shown


@settings(max_examples=200, deadline=None)
@given(st.lists(FINS, max_size=4).map("".join))
def test_fins_own_tags_keep_their_words(markup: str) -> None:
    shown = html.to_fin(markup)
    assert words(shown) == words(_as_a_browser_reads(markup))
    assert html.to_fin(shown) == shown


@settings(max_examples=200, deadline=None)
@given(st.lists(TREES, max_size=6).map("".join))
def test_a_short_portion_changes_nothing(markup: str) -> None:
    """Wherever a bound falls: open quotes, lists and their numbers, tables go on behind it."""
    whole = html.to_fin(f"<div>{markup}</div>")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portions, "SIZE", 40)
        assert html.to_fin(f"<div>{markup}</div>") == whole


_PLAIN_WORDS = st.sampled_from(
    ["apple", "b &amp; c", "1. d", "(e)", "f&nbsp;g", "h\n i", "👍", "x "]
)
_PLAIN_INLINE = st.lists(
    st.one_of(
        _PLAIN_WORDS,
        st.just("<br>"),
        st.builds(
            lambda tag, word: f"<{tag}>{word}</{tag.split()[0]}>",
            st.sampled_from(
                ["b", "i", "strong", "em", "span", 'span style="color:red"',
                 'a href="https://a.example/?b=1&amp;c"', 'b style="font-weight:normal"']
            ),
            _PLAIN_WORDS,
        ),
    ),
    min_size=1,
    max_size=4,
).map("".join)  # fmt: skip
_PLAIN_BLOCKS = st.lists(
    st.one_of(
        st.builds(
            lambda tag, inner: f"<{tag}>{inner}</{tag.split()[0]}>",
            st.sampled_from(["p", "div", "h1", "h4", 'p style="margin:0"', 'div dir="ltr"']),
            _PLAIN_INLINE,
        ),
        st.builds(
            lambda tag, items: f"<{tag}>{''.join(items)}</{tag}>",
            st.sampled_from(["ul", "ol"]),
            st.lists(
                st.one_of(
                    _PLAIN_INLINE.map(lambda inner: f"<li>{inner}</li>"),
                    _PLAIN_INLINE.map(lambda inner: f"<li><p>{inner}</p></li>"),
                ),
                min_size=1,
                max_size=3,
            ),
        ),
    ),
    max_size=4,
).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(_PLAIN_BLOCKS)
def test_what_is_only_sanitised_reads_as_if_it_had_been_walked(markup: str) -> None:
    """A comment at the end keeps a text from being taken for a plain one."""

    def spaced(html_: str) -> str:
        html_ = re.sub(r'</(b|i|a)><\1(?: href="[^"]*")?>', "", html_)
        return re.sub(r"\s+(?=<|$)|(?<=>)\s+|\s+", " ", html_).replace(" ", "")

    assert spaced(html.to_fin(markup)) == spaced(html.to_fin(f"{markup}<!-- -->"))
