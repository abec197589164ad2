"""Bounds on nesting: a parser's time grows with the square of it, a person's need does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

MOST: Final = 100
"""Levels; no person writes more, and no mail program."""

_FEW: Final = 400
"""Tags; with so few of them nothing is dear."""

_PRODUCT: Final = 40_000
"""A tag of formatting that is never closed is repeated in each block that follows it."""

PREFIX: Final = "fb-"
"""It makes a tag of formatting one that no parser repeats; it is short, for it comes often."""

_FORMATTING: Final = frozenset([
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt",
    "u",
])  # fmt: skip
_FORMATTING_TAG: Final = re.compile(
    rf"<(/?)(?=(?:{'|'.join(sorted(_FORMATTING))})(?=[\s/>]))", re.IGNORECASE
)
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)[^<>]*+>?")
VOID: Final = frozenset([
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
])  # fmt: skip
_CLOSED_BY_THE_NEXT: Final = frozenset(["p", "li", "tr", "td", "th", "dd", "dt", "option"])
_NO_LEVEL: Final = VOID | _CLOSED_BY_THE_NEXT
_ENDING: Final = _FORMATTING | frozenset([
    "address", "article", "aside", "blockquote", "center", "details", "dialog", "dir", "div",
    "dl", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "main",
    "menu", "nav", "ol", "pre", "section", "summary", "ul",
])  # fmt: skip
"""Elements whose end is one of whatever is open in them, too."""

_BARRIERS: Final = frozenset(
    ["applet", "button", "marquee", "math", "object", "select", "svg", "table", "template"]
)


def bounded(markup: str) -> str:
    """Return the markup with its levels bounded and its formatting closed where it is dense."""
    if markup.count("<") <= _FEW:
        return markup
    if is_deep(markup):
        markup = _shallow(markup)
    return _FORMATTING_TAG.sub(rf"<\1{PREFIX}", markup) if is_dense(markup) else markup


def is_costly(markup: str) -> bool:
    """Return whether a parser might need far more than usual for markup of this length."""
    return markup.count("<") > _FEW and (is_deep(markup) or is_dense(markup))


def is_dense(markup: str) -> bool:
    """Return whether formatting might be repeated in too many blocks."""
    formatting = sum(1 for found in _FORMATTING_TAG.finditer(markup) if not found[1])
    return formatting * markup.count("<") > _PRODUCT


class _Levels:
    def __init__(self) -> None:
        self.open: list[str] = []

    def end(self, name: str) -> None:
        """End the innermost of the name, as a parser would; at worst a level too many is left."""
        for position in range(len(self.open) - 1, -1, -1):
            opened = self.open[position]
            if opened == name:
                if name in _FORMATTING:
                    del self.open[position]
                else:
                    del self.open[position:]
                return
            if opened in _BARRIERS or not (name in _ENDING or opened in _FORMATTING):
                break
        if name in _BARRIERS and name in self.open:
            while self.open.pop() != name:
                pass


def is_deep(markup: str) -> bool:
    """Return whether more levels are open at once than anybody writes."""
    return next(_too_deep(markup), None) is not None


def _too_deep(markup: str) -> Iterator[re.Match[str]]:
    """Yield the tags of the levels that are too many."""
    levels, dropped = _Levels(), Counter[str]()
    for tag in _TAG.finditer(markup):
        name = tag[2].lower()
        if name in _NO_LEVEL:
            continue
        if tag[1]:
            if not dropped[name]:
                levels.end(name)
                continue
            dropped[name] -= 1
        elif len(levels.open) < MOST:
            levels.open.append(name)
            continue
        else:
            dropped[name] += 1
        yield tag


def _shallow(markup: str) -> str:
    """Leave out the tags of the levels that are too many; their words stay, apart."""
    parts, position = list[str](), 0
    for tag in _too_deep(markup):
        parts += (markup[position : tag.start()], "" if tag[2].lower() in _FORMATTING else "<br>")
        position = tag.end()
    return "".join(parts) + markup[position:]
