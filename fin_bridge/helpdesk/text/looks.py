"""How a text looks, by the elements that it stands in and by their styles."""

from __future__ import annotations

from typing import Final, NamedTuple

from .styles import Style
from .tree import Node

Mark = tuple[str, str]
"""A mark's name, and what tells it from others of its name: the address of a link, a position."""

BOLD: Final[Mark] = ("b", "")
ITALIC: Final[Mark] = ("i", "")
CODE: Final[Mark] = ("code", "")
STRUCK: Final[Mark] = ("s", "")

_BY_TAG: Final = {
    **dict.fromkeys(["b", "strong", "mark"], BOLD),
    **dict.fromkeys(["i", "em", "cite", "dfn", "var", "u", "ins"], ITALIC),
    **dict.fromkeys(["code", "kbd", "samp", "tt"], CODE),
    **dict.fromkeys(["s", "strike", "del"], STRUCK),
}


TAGS: Final = frozenset({*_BY_TAG, "sup", "sub", "q"})
"""The elements that change how a text looks by their name."""


class Look(NamedTuple):
    """The marks of a text, the outermost first, and how its spaces are read."""

    marks: tuple[Mark, ...] = ()
    is_kept: bool = False
    """Whether lines and spaces are kept."""

    is_invisible: bool = False
    """Whether it is of no size."""

    @property
    def in_link(self) -> bool:
        """Whether the text is one of a link."""
        return any(name == "a" for name, _ in self.marks)

    def having(self, mark: Mark) -> Look:
        """Return the look with a mark more."""
        return self if mark in self.marks else self._replace(marks=(*self.marks, mark))

    def without(self, mark: Mark) -> Look:
        """Return the look without a mark."""
        if mark not in self.marks:
            return self
        return self._replace(marks=tuple(found for found in self.marks if found != mark))

    def linked(self, address: str) -> Look:
        """Return the look within a link; a link in a link is no more than the inner one."""
        marks = tuple(mark for mark in self.marks if mark[0] != "a")
        return self._replace(marks=(*marks, ("a", address)) if address else marks)


def look(node: Node, style: Style, outer: Look, position: int) -> Look:
    """Return how a text looks in the element; `position` tells it from other elements."""
    found = _by_tag(node.tag, outer, position) if node.tag in TAGS else outer
    if style.changes_look or (style.resets_look and found != PLAIN):
        return _by_style(node.tag, style, found, position)
    return found


def _by_tag(tag: str, outer: Look, position: int) -> Look:
    mark = _BY_TAG.get(tag) or (tag, str(position))
    return outer if tag in {"u", "ins"} and outer.in_link else outer.having(mark)


def as_code(outer: Look) -> Look:
    """Return the look of preformatted code."""
    return outer.having(CODE)._replace(is_kept=True)


def _by_style(tag: str, style: Style, found: Look, position: int) -> Look:
    for said, mark in ((style.is_bold, BOLD), (style.is_italic, ITALIC)):
        if said is not None and tag not in _HEADINGS:
            found = found.having(mark) if said else found.without(mark)
    if style.is_struck:
        found = found.having(STRUCK)
    if style.is_underlined and tag != "a" and not found.in_link:
        found = found.having(ITALIC)
    if style.raised and tag not in _ALIGNED_OTHERWISE:
        found = found.having((style.raised, str(position)))
    if style.keeps_spaces is not None and CODE not in found.marks:
        found = found._replace(is_kept=style.keeps_spaces)
    if style.is_of_no_size is not None:
        found = found._replace(is_invisible=style.is_of_no_size)
    return found


PLAIN: Final = Look()
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ALIGNED_OTHERWISE: Final = frozenset({"sup", "sub", "td", "th", "img"})
