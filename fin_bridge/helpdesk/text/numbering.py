"""Numbers of list items as a browser shows them: decimal, letters, Roman."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .tree import Event, Node

_STYLES: Final = {
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
    "lower-latin": "lower-alpha",
    "upper-latin": "upper-alpha",
}
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
BULLETS: Final = frozenset({"disc", "circle", "square", "none"})


def style_of(type_: str, list_style: str) -> str:
    """Return the name of a style, from the attribute `type` and from what a style says."""
    words = [_STYLES.get(word, word) for word in list_style.split()]
    known = [word for word in words if word in BULLETS or word in _SPELLED or word == "decimal"]
    return known[0] if known else _STYLES.get(type_, type_)


def spelled(number: int, style: str) -> str:
    """Return the number with its dot, such as `3.`, `c.` or `iii.`."""
    spell = _SPELLED.get(style)
    text = spell(number) if spell and 0 < number < 4000 else str(number)
    return f"{text.upper() if style.startswith('upper') else text}."


def _letters(number: int) -> str:
    found = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        found = chr(ord("a") + letter) + found
    return found


def _roman(number: int) -> str:
    found = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        found += letters * count
    return found


_SPELLED: Final = {
    "lower-alpha": _letters,
    "upper-alpha": _letters,
    "lower-roman": _roman,
    "upper-roman": _roman,
}


def is_counted_in_text(style: str) -> bool:
    """Return whether Fin's `ol`, which counts 1, 2, 3, cannot show the style."""
    return style in _SPELLED


def number(value: str) -> int | None:
    """Return a number of at most six digits; None for anything else."""
    if not value:
        return None
    value = value.strip()
    digits = value.removeprefix("-")
    return int(value) if digits.isascii() and digits.isdecimal() and len(digits) <= 6 else None


def counts(events: Iterable[Event]) -> list[int]:
    """Return how many items each `ol` has, in the order in which they begin."""
    found: list[int] = []
    opened: list[int | None] = []
    for event in events:
        if event is None:
            opened.pop()
        elif isinstance(event, Node):
            if event.tag == "li":
                inner = next((index for index in reversed(opened) if index is not None), None)
                if inner is not None and inner >= 0:
                    found[inner] += 1
            opened.append(_list(event.tag, found))
    return found


def _list(tag: str, found: list[int]) -> int | None:
    if tag == "ol":
        found.append(0)
        return len(found) - 1
    return -1 if tag in {"ul", "menu", "dir"} else None
