"""Lists are bullets, numbers, or text where Fin's tags cannot number them."""

from __future__ import annotations

import pytest

from fin_bridge.helpdesk.text import lists
from fin_bridge.helpdesk.text.lists import Flat, Items, ListKind
from fin_bridge.helpdesk.text.styles import NONE, style_of
from fin_bridge.helpdesk.text.tree import Node


@pytest.mark.parametrize(
    ("tag", "attributes", "kind"),
    [
        ("ul", {}, "ul"),
        ("ol", {}, "ol"),
        ("ol", {"type": "a"}, "text"),
        ("ul", {"style": "list-style:decimal"}, "ol"),
        ("ol", {"style": "list-style-type:disc"}, "ul"),
        ("ol", {"style": "list-style:none"}, "ol"),
    ],
)
def test_the_kind_of_a_list(tag: str, attributes: dict[str, str | None], kind: ListKind) -> None:
    node = Node(tag, attributes)
    assert lists.items_of(node, style_of(node), 0).kind == kind


def test_numbers_follow_from_a_start_by_a_step() -> None:
    items = lists.items_of(Node("ol", {"start": "3"}), NONE, 0)
    assert [items.begin().number, items.begin(7).number, items.begin().number] == [3, 7, 8]
    assert items.has_gaps
    back = lists.items_of(Node("ol", {"reversed": ""}), NONE, 3)
    assert [back.begin().number for _ in range(3)] == [3, 2, 1]
    assert not back.has_gaps


def test_an_item_says_its_label_once() -> None:
    item = Items("ol", "lower-roman").begin(4, is_ticked=True)
    assert [item.said(), item.said()] == ["iv. [x] ", ""]
    assert Items("ul").begin().said() == ""
    ticked = lists.items_of(Node("ul", {"class": "checklist"}), NONE, 0)
    assert ticked.begin().said() == "[ ] "


def test_levels_of_items_in_a_row() -> None:
    flat = Flat()
    rows: list[tuple[int, ListKind]] = [
        (0, "ol"), (1, "ol"), (1, "ol"), (0, "ol"), (1, "ol"), (1, "ul"), (0, "ol"),
    ]  # fmt: skip
    found = [[item.number for item in flat.begin(*row)] for row in rows]
    assert found == [[1], [1, 1], [1, 2], [2], [2, 1], [2, 1], [3]]


def test_items_in_a_row_may_stand_in_a_list_of_its_own() -> None:
    flat, outer = Flat(), Items("ul")
    item = outer.begin()
    flat.begin_with(outer)
    inner = flat.begin(1, "text", marker="a)")
    assert inner[0] is item
    assert inner[1].said() == "a) "


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({}, None),
        ({"data-list": "ordered"}, (0, "ol")),
        ({"data-list": "checked"}, (0, "ul")),
        ({"class": "x ql-indent-2"}, (2, "ol")),
    ],
)
def test_what_quill_says(attributes: dict[str, str | None], found: object) -> None:
    assert lists.of_quill(Node("li", attributes), "ol") == found


@pytest.mark.parametrize(
    ("marker", "found"),
    [
        ("3.", ("ol", 3, "")),
        ("a.", ("text", None, "a.")),
        ("(1)", ("text", None, "(1)")),
        ("1.2.", ("text", None, "1.2.")),
        ("·", ("ul", None, "")),
    ],
)
def test_what_word_says(marker: str, found: object) -> None:
    assert lists.of_word(marker) == found


def test_the_level_that_word_says() -> None:
    node = Node("p", {"style": "mso-list:l0 level3 lfo1"})
    assert lists.level_of_word(style_of(node)) == 3
    assert lists.level_of_word(NONE) is None


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
def test_the_tick_of_an_item(attributes: dict[str, str | None], is_ticked: bool | None) -> None:
    assert lists.tick_of(Node("li", attributes)) is is_ticked


def test_the_tick_of_a_list() -> None:
    assert lists.tick_of_list(Node("ul", {"class": "tox-checklist"})) is False
    assert lists.tick_of_list(Node("ul", {"data-checked": "true"})) is True
    assert lists.tick_of_list(Node("ul")) is None


def test_the_tick_of_a_box() -> None:
    box = Node("input", {"type": "Checkbox"})
    assert lists.is_box(box)
    assert lists.is_box(Node("input", {"type": "radio"}))
    assert not lists.is_box(Node("input", {"type": "text"}))
    assert not lists.is_box(Node("p", {"type": "checkbox"}))
    assert not lists.is_ticked(box)
    assert lists.is_ticked(Node("input", {"checked": ""}))
    assert lists.is_ticked(Node("input", {"aria-checked": "true"}))
    assert (lists.tick(True), lists.tick(False)) == ("[x] ", "[ ] ")
