"""Elements are blocks, parts of a line, or nothing to read."""

import pytest

from fin_bridge.helpdesk.text import tags
from fin_bridge.helpdesk.text.styles import style_of
from fin_bridge.helpdesk.text.tree import Node


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
    assert tags.is_block(tag, style_of(Node(tag, {"style": css}))) is is_block


def test_an_element_is_of_one_sort() -> None:
    assert not tags.UNREAD & tags.INLINE
    assert not tags.INLINE & (tags.HEADINGS.keys() | tags.CODE)
    assert tags.APART <= tags.INLINE
