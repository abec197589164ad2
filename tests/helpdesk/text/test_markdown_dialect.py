"""What Markdown would read as markup is written to be read as text."""

import pytest

from fin_bridge.helpdesk.text.markdown_dialect import Dialect

WITH, WITHOUT = Dialect(), Dialect(knows_references=False)


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
def test_a_text(text: str, written: str) -> None:
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
def test_a_line(line: str, written: str) -> None:
    assert WITH.line(line) == written


def test_a_heading_keeps_its_last_sign() -> None:
    assert WITH.heading("C#") == r"C\#"
    assert WITH.heading("a ##") == r"a \#\#"
    assert WITHOUT.character("<") == r"\<"
