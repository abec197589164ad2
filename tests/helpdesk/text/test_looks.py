"""How a text looks follows from its elements and from their styles."""

import pytest

from fin_bridge.helpdesk.text.looks import BOLD, CODE, ITALIC, PLAIN, STRUCK, Look, as_code, look
from fin_bridge.helpdesk.text.styles import style_of
from fin_bridge.helpdesk.text.tree import Node

LINK = ("a", "https://a.example/")


@pytest.mark.parametrize(
    ("tag", "style", "outer", "inner"),
    [
        ("strong", "", PLAIN, Look((BOLD,))),
        ("em", "", Look((BOLD,)), Look((BOLD, ITALIC))),
        ("b", "", Look((BOLD,)), Look((BOLD,))),
        ("kbd", "", PLAIN, Look((CODE,))),
        ("del", "", PLAIN, Look((STRUCK,))),
        ("u", "", PLAIN, Look((ITALIC,))),
        ("u", "", Look((LINK,)), Look((LINK,))),
        ("sup", "", PLAIN, Look((("sup", "7"),))),
        ("span", "", PLAIN, PLAIN),
        ("span", "font-weight:700", PLAIN, Look((BOLD,))),
        ("span", "font-weight:normal", Look((BOLD, ITALIC)), Look((ITALIC,))),
        ("span", "font-weight:normal", Look((ITALIC,)), Look((ITALIC,))),
        ("b", "font-weight:normal", PLAIN, PLAIN),
        ("h1", "font-weight:bold", PLAIN, PLAIN),
        ("span", "font-style:italic", PLAIN, Look((ITALIC,))),
        ("span", "text-decoration:line-through", PLAIN, Look((STRUCK,))),
        ("span", "text-decoration:underline", PLAIN, Look((ITALIC,))),
        ("a", "text-decoration:underline", PLAIN, PLAIN),
        ("span", "vertical-align:sub", PLAIN, Look((("sub", "7"),))),
        ("td", "vertical-align:sub", PLAIN, PLAIN),
        ("p", "white-space:pre-wrap", PLAIN, Look(is_kept=True)),
        ("p", "white-space:normal", Look((CODE,), is_kept=True), Look((CODE,), is_kept=True)),
        ("p", "font-size:0", PLAIN, Look(is_invisible=True)),
        ("p", "font-size:12px", Look(is_invisible=True), PLAIN),
    ],
)
def test_a_look(tag: str, style: str, outer: Look, inner: Look) -> None:
    node = Node(tag, {"style": style})
    assert look(node, style_of(node), outer, 7) == inner


def test_links_do_not_nest() -> None:
    linked = Look((LINK, BOLD)).linked("https://b.example/")
    assert linked.marks == (BOLD, ("a", "https://b.example/"))
    assert linked.in_link
    assert not linked.linked("").in_link


def test_code_keeps_its_lines() -> None:
    assert as_code(PLAIN) == Look((CODE,), is_kept=True)
