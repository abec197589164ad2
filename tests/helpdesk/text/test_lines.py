"""Lines are inline HTML of Fin's tags, in fragments that are whole."""

from __future__ import annotations

import re

import pytest

from fin_bridge.helpdesk.text.lines import Lines, is_unseen
from fin_bridge.helpdesk.text.looks import BOLD, CODE, ITALIC, STRUCK, Mark

NBSP = "\N{NO-BREAK SPACE}"


def line(*parts: tuple[str, list[Mark]]) -> str:
    lines = Lines()
    for text, marks in parts:
        lines.add(text, marks)
    return "|".join("".join(fragments) for fragments in lines.end())


@pytest.mark.parametrize("text", ["", " \n", NBSP, "\N{ZERO WIDTH SPACE}", "\N{SOFT HYPHEN}"])
def test_what_shows_nothing_is_unseen(text: str) -> None:
    assert is_unseen(text)
    assert not is_unseen(f"{text}.")


def test_marks_go_on_as_long_as_they_hold() -> None:
    assert line(("a ", [BOLD]), ("b", [BOLD, ITALIC]), ("c", [])) == "<b>a <i>b</i></b>c"
    assert line(("a ", [BOLD]), ("b", [ITALIC])) == "<b>a</b> <i>b</i>"
    assert line(("a", [STRUCK, ("q", "")])) == "~“a”~"
    assert line(("a", [("a", 'https://x.example/"')]), ("<", [])) == (
        '<a href="https://x.example/&quot;">a</a>&lt;'
    )


@pytest.mark.parametrize(
    ("text", "shown"), [("2", "x^2"), ("-1", "x^-1"), ("n + 1", "x^(n + 1)"), ("®", "x®")]
)
def test_what_is_raised_is_said(text: str, shown: str) -> None:
    assert line(("x", []), (text, [("sup", "1")])) == shown


def test_white_space_is_one_space_unless_it_is_kept() -> None:
    assert line((" a \n b ", [])) == "a b"
    lines = Lines()
    lines.add("  ab\tc\n\nd  e", [CODE], is_kept=True)
    assert lines.end() == [
        [f"<code>{NBSP * 2}ab {NBSP * 3}c</code>"],
        [],
        [f"<code>d {NBSP}e</code>"],
    ]


def test_breaks_count_between_words() -> None:
    lines = Lines()
    lines.end_line()
    lines.add("a", [])
    lines.begin_line()
    lines.begin_line()
    lines.add("b", [])
    lines.end_line()
    assert lines.end() == [["a"], ["b"]]


def test_a_picture_stands_in_its_line() -> None:
    lines = Lines()
    assert lines.is_empty
    lines.add("a ", [])
    lines.add_picture("<img>", [BOLD])
    assert lines.end() == [["a <b><img></b>"]]
    assert not lines.is_empty


def test_no_fragment_is_long_and_each_is_whole() -> None:
    lines = Lines()
    lines.add("word " * 4000, [BOLD])
    [fragments] = lines.end()
    assert len(fragments) >= 3
    assert max(map(len, fragments)) < 9000
    assert all(part.lstrip().startswith("<b>") for part in fragments)
    assert all(part.endswith("</b>") for part in fragments)
    assert re.sub("<.*?>", "", "".join(fragments)).split() == ["word"] * 4000
