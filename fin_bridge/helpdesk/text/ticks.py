"""Whether an item is ticked, as each editor says it."""

from __future__ import annotations

from typing import Final

from .tree import Node

_TRUE: Final = frozenset({"true", "checked", "x", "done", "complete", "1"})
_FALSE: Final = frozenset({"false", "unchecked", "todo", "incomplete", "0"})
_CLASSES: Final = (
    ("tox-checklist--checked", True),
    ("checklist--checked", True),
    ("checked", True),
    ("unchecked", False),
)
_SAID: Final = ("data-checked", "aria-checked", "data-list", "data-task-checked", "data-state")


def tick_of(item: Node) -> bool | None:
    """Return whether the item is ticked; None where it is none to tick."""
    if not item.attributes:
        return None
    for name in _SAID:
        value = item.get(name).lower()
        if value in _TRUE or value in _FALSE:
            return value in _TRUE
    classes = item.get("class").lower().split()
    return next((ticked for name, ticked in _CLASSES if name in classes), None)


def tick_of_list(items: Node) -> bool | None:
    """Return whether each item of a list is ticked, where the list says so for all of them."""
    if any("checklist" in name for name in items.get("class").lower().split()):
        return False
    return tick_of(items)


def is_box(node: Node) -> bool:
    """Return whether an element is a box to tick."""
    return node.tag == "input" and node.get("type").lower() in {"checkbox", "radio"}


def is_ticked(box: Node) -> bool:
    """Return whether a box is ticked."""
    return "checked" in box.attributes or box.get("aria-checked").lower() == "true"


def said(is_ticked: bool) -> str:
    """Return the tick in the form that most readers know."""
    return "[x] " if is_ticked else "[ ] "
