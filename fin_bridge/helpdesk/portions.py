"""Much markup is sanitised a portion at a time: what a hostile page costs grows with its square.

A megabyte of attributes of one tag, or of tags where a table may hold none, keeps any HTML parser
busy for a minute; thirty portions of it take a second in all. Each portion comes out whole and
safe, so that they are together. Nothing readable is lost, only what was open across a border.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from .nesting import as_text, shallow

SIZE: Final = 32 * 1024
"""Characters of a portion; hardly any message has as much markup."""

GROWTH: Final = 20
"""A portion may become so many times longer; tags that are repeated in each paragraph are text."""

_PLAIN_TAG: Final = re.compile(
    r"""</?[a-zA-Z][\w:-]*+(?:\s+[\w:.-]++(?:=(?:"[^"<>]*+"|'[^'<>]*+'))?)*+\s*+/?>"""
)
"""One about whose end no two parsers differ."""

_DATA: Final = re.compile(r"""=(["'])data:[^"'<>]*+\1""")
_TABLE: Final = "<table>"
_BORDERS: Final = ("<p", "<div", "<h", "<ul", "<ol", "<table", "<tr", "<br")


def sanitise(markup: str, clean: Callable[[str], str]) -> str:
    """The markup as `clean` leaves it, in a time that grows with its length alone."""
    markup = shallow(markup)
    if len(markup) <= SIZE:
        return _bounded(markup, clean)
    markup = _DATA.sub('="data:,"', markup)  # no sanitiser lets them pass, and they are long
    if _is_mostly_text(markup):
        return _bounded(markup, clean)
    return "".join(_bounded(portion, clean) for portion in _portions(markup))


def _is_mostly_text(markup: str) -> bool:
    """Where every tag is plain, a parser that stands between two of them stands in a text."""
    tags = [len(tag) for tag in _PLAIN_TAG.findall(markup)]
    return len(tags) == markup.count("<") and sum(tags) <= SIZE


def _portions(markup: str) -> Iterator[str]:
    """Each within the table that its predecessors have opened: most long mails are tables."""
    tables = 0
    for portion in _parted(markup):
        yield _TABLE + portion if tables > 0 else portion
        tables += portion.count("<table") - portion.count("</table")


def _parted(markup: str) -> Iterator[str]:
    """Before a block, before any tag, or anywhere."""
    start = 0
    while len(markup) - start > SIZE:
        middle, end = start + SIZE // 2, start + SIZE
        border = max(markup.rfind(tag, middle, end) for tag in _BORDERS)
        if border < 0:
            border = markup.rfind("<", middle, end)
        yield markup[start : border if border > 0 else end]
        start = border if border > 0 else end
    yield markup[start:]


def _bounded(portion: str, clean: Callable[[str], str]) -> str:
    found = clean(portion)
    if len(found) <= len(portion) * GROWTH + SIZE:
        return found
    return clean(as_text(portion))
