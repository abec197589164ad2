"""Deep nesting is flattened before the sanitiser sees it: its time grows with the square of it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

MOST: Final = 100
"""Levels; no person writes more, and no mail program."""

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ANY: Final = re.compile(r"<[^<>]*>")
_VOID: Final = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
_CLOSED_BY_THE_NEXT: Final = {"p", "li", "tr", "td", "th", "dd", "dt", "option"}
_NO_LEVEL: Final = _VOID | _CLOSED_BY_THE_NEXT


def shallow(markup: str) -> str:
    """The same; of something nested more deeply, the text."""
    return as_text(markup) if markup.count("<") > MOST and _is_deep(markup) else markup


def as_text(markup: str) -> str:
    """Without anything that looks like a tag; what is left still has to be sanitised."""
    return _ANY.sub(" ", markup)


def _is_deep(markup: str) -> bool:
    level, levels = 0, Counter[str]()
    for closing, tag in _TAG.findall(markup):
        name = tag.lower()
        # What closes nothing that is open takes no level away.
        if name in _NO_LEVEL or (closing and not levels[name]):
            continue
        step = -1 if closing else 1
        levels[name] += step
        level += step
        if level > MOST:
            return True
    return False
