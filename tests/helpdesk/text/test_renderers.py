"""The renderers by name, and how they are told apart."""

import pytest
from markdown import markdown

from fin_bridge.helpdesk.text import renderers
from fin_bridge.helpdesk.text.renderers import Dialect

WITH, WITHOUT = Dialect(), Dialect(knows_references=False)


@pytest.mark.parametrize("name", ["python-markdown", "commonmark", "github", "mistune"])
def test_tags_are_shown_as_text_where_that_is_said(name: str) -> None:
    text = "a <b>c</b> **d**"
    assert "<b>c</b>" in renderers.named(name, raw_html=True)(text)
    shown = renderers.named(name, raw_html=False)(text)
    assert "<b>" not in shown
    assert "<strong>d</strong>" in shown
    assert renderers.problem(name) is None


def test_a_renderer_is_made_once() -> None:
    first = renderers.named("github", raw_html=True)
    assert renderers.named("github", raw_html=True) is first
    with pytest.raises(KeyError):
        renderers.named("markdown2", raw_html=True)


@pytest.mark.parametrize(
    ("name", "raw_html", "expected"),
    [
        ("python-markdown", False, Dialect()),
        ("commonmark", False, Dialect()),
        ("mistune", True, Dialect()),
        ("mistune", False, Dialect(knows_references=False)),
    ],
)
def test_a_dialect_shows_on_two_words(name: str, raw_html: bool, expected: Dialect) -> None:
    assert renderers.dialect(renderers.named(name, raw_html=raw_html)) == expected


def test_a_renderer_without_numbers_is_known() -> None:
    assert renderers.dialect(markdown) == Dialect(keeps_numbers=False)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a * b", r"a \* b"),
        ("snake_case", "snake_case"),
        ("_a", r"\_a"),
        ("[a] b", r"\[a] b"),
        ("a](b", "a&#93;(b"),
        ("1 < 2 <b>", "1 < 2 &lt;b>"),
        ("a~ ~/b", "a&#126; ~/b"),
        ("R&D &copy;", "R&D &amp;copy;"),
        ("C:\\*", "C:\\\\\\*"),
        ("C:\\a", "C:\\a"),
    ],
)
def test_a_text_of_markdown(text: str, written: str) -> None:
    assert WITH.text(text) == written


def test_brackets_in_emphasis_are_references() -> None:
    assert WITH.text("a[b]", in_emphasis=True) == "a&#91;b&#93;"
    assert WITHOUT.text("a[b]", in_emphasis=True) == r"a\[b\]"


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("# a", r"\# a"),
        ("> a", r"\> a"),
        ("- a", r"\- a"),
        ("-a", "-a"),
        ("+ a", r"\+ a"),
        ("---", r"\---"),
        ("===", "&#61;=="),
        ("1. a", r"1\. a"),
        ("1.5 a", "1.5 a"),
        ("2) a", r"2\) a"),
        ("a", "a"),
    ],
)
def test_a_line_of_markdown(line: str, written: str) -> None:
    assert WITH.line(line) == written


def test_a_heading_keeps_its_last_sign() -> None:
    assert WITH.heading("C#") == r"C\#"
    assert WITH.heading("a ##") == r"a \#\#"
    assert WITHOUT.character("<") == r"\<"
