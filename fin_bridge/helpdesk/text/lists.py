"""Lists and their items: what number, what level and what tick an item has."""

from __future__ import annotations

import re
from typing import Final, Literal

from . import numbering
from .styles import Style
from .tree import Node

ListKind = Literal["ul", "ol", "text"]

_INDENT: Final = re.compile(r"\bql-indent-(\d)\b")
_MSO_LEVEL: Final = re.compile(r"\blevel(\d)")
_MSO_NUMBER: Final = re.compile(r"[(\[]?(\w{1,4})[.)\]:]+")
_TRUE: Final = frozenset({"true", "checked", "x", "done", "complete", "1"})
_FALSE: Final = frozenset({"false", "unchecked", "todo", "incomplete", "0"})
_CLASSES: Final = (
    ("tox-checklist--checked", True),
    ("checklist--checked", True),
    ("checked", True),
    ("unchecked", False),
)
_SAID: Final = ("data-checked", "aria-checked", "data-list", "data-task-checked", "data-state")


class Items:
    """A list; of kind `text` if Fin's tags cannot number it: its items say their number."""

    def __init__(self, kind: ListKind, style: str = "", number: int = 1, step: int = 1) -> None:
        self.kind: ListKind = (
            "text" if kind == "ol" and numbering.is_counted_in_text(style) else kind
        )
        self.style = style
        self.number = number
        self.step = step
        self.is_ticked: bool | None = None
        """Whether each item is ticked that does not say so itself; None where none is to tick."""
        self.has_gaps = False
        """Whether a number does not follow the one before it."""
        self.item: Item | None = None
        """The one at hand; what follows its end belongs to it until there is another one."""

    def begin(self, value: int | None = None, is_ticked: bool | None = None) -> Item:
        """Begin the next item, of the number that is given or that follows."""
        number = self.number if value is None else value
        self.has_gaps = self.has_gaps or number != self.number
        self.number = number + self.step
        is_ticked = self.is_ticked if is_ticked is None else is_ticked
        self.item = Item(self, number, is_ticked)
        return self.item


class Item:
    """An item: its list, its number, and what its first line begins with."""

    __slots__ = ("is_said", "is_ticked", "items", "marker", "number")

    def __init__(self, items: Items, number: int, is_ticked: bool | None) -> None:
        self.items = items
        self.number = number
        self.marker = ""
        """What a text list says in place of the number."""
        self.is_ticked = is_ticked
        self.is_said = False

    def said(self) -> str:
        """Return what its first line begins with; "" from then on."""
        if self.is_said:
            return ""
        self.is_said = True
        said = "" if self.is_ticked is None else tick(self.is_ticked)
        if self.items.kind != "text":
            return said
        return f"{self.marker or numbering.spelled(self.number, self.items.style)} {said}"


class Flat:
    """Lists whose items stand in a row, each of which says its level: Quill's and Word's."""

    def __init__(self) -> None:
        self.levels: list[tuple[int, Items]] = []
        self.counts: dict[int, int] = {}

    def begin_with(self, items: Items) -> None:
        """Stand in the item at hand of a list that says no levels."""
        self.levels, self.counts = [(0, items)], {}

    def begin(
        self,
        level: int,
        kind: ListKind,
        number: int | None = None,
        marker: str = "",
        is_ticked: bool | None = None,
    ) -> list[Item]:
        """Begin an item, and return it and those that it stands in, the outermost first."""
        while self.levels and self.levels[-1][0] > level:
            self.levels.pop()
        self.counts = {other: count for other, count in self.counts.items() if other <= level}
        if kind == "ol":
            number = self.counts.get(level, 0) + 1 if number is None else number
            self.counts[level] = number
        opened = self.levels[-1] if self.levels and self.levels[-1][0] == level else None
        if opened is None or opened[1].kind != kind:
            if opened is not None:
                self.levels.pop()
            self.levels.append((level, Items(kind)))
        item = self.levels[-1][1].begin(number, is_ticked)
        item.marker = marker
        return [found.item for _, found in self.levels if found.item is not None]


def of_quill(node: Node, kind: ListKind) -> tuple[int, ListKind] | None:
    """Return the level and kind that an item of Quill's says; None for any other item."""
    said, indent = node.get("data-list"), _INDENT.search(node.get("class"))
    if not said and indent is None:
        return None
    if said:
        kind = "ol" if said == "ordered" else "ul"
    return int(indent[1]) if indent else 0, kind


def level_of_word(style: Style) -> int | None:
    """Return the level of a paragraph that Word shows as an item; None for any other one."""
    found = _MSO_LEVEL.search(style.word_list)
    return int(found[1]) if found else None


def of_word(marker: str) -> tuple[ListKind, int | None, str]:
    """Return kind, number and label of an item, from the marker that Word writes before it."""
    found = _MSO_NUMBER.fullmatch(marker)
    if not found:
        return ("text", None, marker) if marker[-1:] in {".", ")"} else ("ul", None, "")
    number = numbering.number(found[1])
    if number is None or marker != f"{number}.":
        return "text", None, marker
    return "ol", number, ""


def items_of(node: Node, style: Style, count: int) -> Items:
    """Return the list that an element begins; `count` is how many items a reversed one has."""
    name = numbering.style_of(node.get("type"), style.list_style)
    if name in numbering.BULLETS and name != "none":
        items = Items("ul")
    elif node.tag == "ol" or numbering.is_counted_in_text(name) or name == "decimal":
        step = -1 if "reversed" in node.attributes else 1
        start = numbering.number(node.get("start"))
        first = start if start is not None else (count if step < 0 else 1)
        items = Items("ol", name, first, step)
    else:
        items = Items("ul")
    items.is_ticked = tick_of_list(node)
    return items


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


def tick(is_ticked: bool) -> str:
    """Return the tick in the form that most readers know."""
    return "[x] " if is_ticked else "[ ] "
