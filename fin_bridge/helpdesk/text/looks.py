"""How a text looks, by the elements that it stands in and by their styles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from . import styles
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
_LEVELS: Final = {"sup": "sup", "sub": "sub", "q": "q"}
_ALIGNED: Final = {"super": "sup", "sub": "sub"}


TAGS: Final = frozenset({*_BY_TAG, *_LEVELS})
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


def look(node: Node, style: Mapping[str, str], outer: Look, position: int) -> Look:
    """Return how a text looks in the element; `position` tells it from other elements."""
    found = _by_tag(node.tag, outer, position)
    return _by_style(node.tag, style, found, position) if style else found


def _by_tag(tag: str, outer: Look, position: int) -> Look:
    mark = _BY_TAG.get(tag)
    if mark is not None:
        return outer if tag in {"u", "ins"} and outer.in_link else outer.having(mark)
    if tag in _LEVELS:
        return outer.having((_LEVELS[tag], str(position)))
    return outer


def as_code(outer: Look) -> Look:
    """Return the look of preformatted code."""
    return outer.having(CODE)._replace(is_kept=True)


def _by_style(tag: str, style: Mapping[str, str], found: Look, position: int) -> Look:
    for said, mark in ((styles.weight(style), BOLD), (styles.slant(style), ITALIC)):
        if said is not None and tag not in _HEADINGS:
            found = found.having(mark) if said else found.without(mark)
    lines = styles.decoration(style)
    if "line-through" in lines:
        found = found.having(STRUCK)
    if "underline" in lines and tag != "a" and not found.in_link:
        found = found.having(ITALIC)
    aligned = _ALIGNED.get(style.get("vertical-align", "").strip())
    if aligned and tag not in {"sup", "sub", "td", "th", "img"}:
        found = found.having((aligned, str(position)))
    kept = styles.is_preformatted(style)
    if kept is not None and CODE not in found.marks:
        found = found._replace(is_kept=kept)
    if "font-size" in style:
        found = found._replace(is_invisible=styles.is_nothing(style["font-size"]))
    return found


_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
