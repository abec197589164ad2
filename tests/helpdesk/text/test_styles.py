"""Styles are read as far as they change what is read."""

from __future__ import annotations

import pytest

from fin_bridge.helpdesk.text import styles
from fin_bridge.helpdesk.text.styles import NONE, Style, is_nothing, style_of
from fin_bridge.helpdesk.text.tree import Node


def style(css: str) -> Style:
    return style_of(Node("span", {"style": css}))


@pytest.mark.parametrize(
    "css",
    [
        "display:none",
        "DISPLAY : none !important",
        "visibility:hidden",
        "mso-hide:all",
        "opacity:0",
        "overflow:hidden;max-height:0px",
        "left:-9999px",
        "text-indent:-9999em",
    ],
)
def test_what_is_hidden(css: str) -> None:
    assert style(css).is_hidden


@pytest.mark.parametrize(
    "css", ["display:block", "opacity:0.5", "height:0", "overflow:hidden;height:9px", "left:-9px"]
)
def test_what_is_seen(css: str) -> None:
    assert not style(css).is_hidden


@pytest.mark.parametrize(
    ("css", "name", "value"),
    [
        ("font-weight:600", "is_bold", True),
        ("font:bold 12px x", "is_bold", True),
        ("font-weight:400", "is_bold", False),
        ("font-weight:inherit", "is_bold", None),
        ("font-style:oblique", "is_italic", True),
        ("font-style:normal", "is_italic", False),
        ("text-decoration-line:line-through", "is_struck", True),
        ("text-decoration:underline", "is_underlined", True),
        ("vertical-align:super", "raised", "sup"),
        ("white-space:pre", "keeps_spaces", True),
        ("white-space:nowrap", "keeps_spaces", False),
        ("font-size:0", "is_of_no_size", True),
        ("font-size:9px", "is_of_no_size", False),
        ("width:0", "is_without_side", True),
        ("display:inline-block", "is_inline", True),
        ("display:flex", "is_block", True),
        ("mso-list:l0 level1", "word_list", "l0 level1"),
        ("list-style:square", "list_style", "square"),
    ],
)
def test_what_a_style_says(css: str, name: str, value: object) -> None:
    assert getattr(style(css), name) == value
    assert not getattr(NONE, name)


def test_whether_a_style_changes_a_look() -> None:
    assert style("font-weight:bold").changes_look
    assert style("font-weight:normal").resets_look
    assert not style("color:red").changes_look
    assert not style("color:red").resets_look
    assert style_of(Node("p")) is NONE
    assert style_of(Node("p", {"style": ""})) is NONE


@pytest.mark.parametrize("length", ["0", "0px", "0.0em", "0% !important"])
def test_a_length_of_nothing(length: str) -> None:
    assert is_nothing(length)
    assert not is_nothing(f"1{length}")
    assert not is_nothing(None)


@pytest.mark.parametrize(
    ("tag", "css", "is_block"),
    [
        ("div", "", True),
        ("custom", "", True),
        ("span", "", False),
        ("o:p", "", False),
        ("span", "display:block", True),
        ("div", "display:inline", False),
    ],
)
def test_a_block(tag: str, css: str, is_block: bool) -> None:
    assert styles.is_block(tag, style_of(Node(tag, {"style": css}))) is is_block


def test_an_element_is_of_one_sort() -> None:
    assert not styles.UNREAD & styles.INLINE
    assert styles.APART <= styles.INLINE
