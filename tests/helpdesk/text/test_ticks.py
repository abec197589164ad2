"""An item is ticked in the words of each editor."""

import pytest

from fin_bridge.helpdesk.text import ticks
from fin_bridge.helpdesk.text.tree import Node


@pytest.mark.parametrize(
    ("attributes", "is_ticked"),
    [
        ({}, None),
        ({"class": "x"}, None),
        ({"data-checked": "true"}, True),
        ({"aria-checked": "false"}, False),
        ({"data-list": "checked"}, True),
        ({"data-list": "bullet"}, None),
        ({"data-state": "DONE"}, True),
        ({"class": "tox-checklist--checked"}, True),
        ({"class": "x unchecked"}, False),
    ],
)
def test_an_item(attributes: dict[str, str | None], is_ticked: bool | None) -> None:
    assert ticks.tick_of(Node("li", attributes)) is is_ticked


def test_a_list() -> None:
    assert ticks.tick_of_list(Node("ul", {"class": "tox-checklist"})) is False
    assert ticks.tick_of_list(Node("ul", {"data-checked": "true"})) is True
    assert ticks.tick_of_list(Node("ul")) is None


def test_a_box() -> None:
    box = Node("input", {"type": "Checkbox"})
    assert ticks.is_box(box)
    assert ticks.is_box(Node("input", {"type": "radio"}))
    assert not ticks.is_box(Node("input", {"type": "text"}))
    assert not ticks.is_box(Node("p", {"type": "checkbox"}))
    assert not ticks.is_ticked(box)
    assert ticks.is_ticked(Node("input", {"checked": ""}))
    assert ticks.is_ticked(Node("input", {"aria-checked": "true"}))
    assert (ticks.said(True), ticks.said(False)) == ("[x] ", "[ ] ")
