"""What a person reads of a text, line by line: words, numbers, levels and marks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby, pairwise

LEVEL = 8
"""Pixels: list items whose text begins nearer to each other are of one level."""

_PADDING = 40
"""Pixels by which a browser indents a list, where a marker written as text stands at the edge."""

_MARKER = re.compile(
    r"(?:\[[ xX]\]|[☐☑☒]|\(?\d+[.)]|[a-zA-Z][.)]|[ivx]+[.)]|[-*•◦▪\u2013·o§])(?=\s)"
)
_QUOTE = re.compile(r"(?:>\s?)+")
_TICKS = {"☐": "[ ]", "☑": "[x]", "☒": "[x]", "[X]": "[x]"}
_BULLETS = set("-*•◦▪\u2013·o§")
_WRAPPED = [
    ("code", "`", "`"),
    ("struck", "~", "~"),
    ("underlined", "__", "__"),
    ("italic", "*", "*"),
    ("bold", "**", "**"),
    ("sup", "^", ""),
    ("sub", "_", ""),
]


@dataclass(frozen=True)
class Run:
    """Some text with its marks."""

    text: str
    marks: frozenset[str] = frozenset()
    link: str = ""


@dataclass
class Line:
    """One line as it is shown; `left` is where it begins, in pixels."""

    left: float = 0
    quotes: int = 0
    heading: int = 0
    marker: str = ""
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    def settle(self) -> None:
        """Take what is written as text for what it stands for: quote marks, markers, indents."""
        blank = self._trim()
        if quoted := _QUOTE.match(self.text):
            self.quotes += quoted[0].count(">")
            self._cut(len(quoted[0]))
            blank = self._trim()
        self.left += 5 * blank
        marker = _MARKER.match(self.text)
        if marker and "code" not in self.runs[0].marks:
            self.left += 0 if self.marker else _PADDING
            self.marker = _marker(marker[0])
            self._cut(marker.end())
            self._trim()

    def _trim(self) -> int:
        if not self.runs or "code" in self.runs[0].marks:
            return 0
        blank = len(self.text) - len(self.text.lstrip())
        self._cut(blank)
        return blank

    def _cut(self, length: int) -> None:
        while length and self.runs:
            first = self.runs[0]
            if len(first.text) > length:
                self.runs[0] = Run(first.text[length:], first.marks, first.link)
                return
            length -= len(first.text)
            del self.runs[0]


def _marker(text: str) -> str:
    if text in _BULLETS:
        return "-"
    text = text.replace("(", "").replace(")", ".")
    return _TICKS.get(text, text)


def compose(lines: Iterable[Line]) -> str:
    """The reading as text, one line for each that is not empty."""
    kept = [line for line in lines if line.text.strip() or line.marker]
    for line in kept:
        line.settle()
    lefts = sorted(line.left for line in kept if line.marker)
    return "\n".join(_composed(line, lefts) for line in kept)


def _composed(line: Line, lefts: list[float]) -> str:
    parts = ["> " * line.quotes]
    if line.marker:
        parts += ["  " * _level(line.left, lefts), line.marker, " "]
    elif line.heading:
        parts += ["#" * line.heading, " "]
    parts.append(_inline(line.runs))
    return "".join(parts).rstrip()


def _level(left: float, lefts: list[float]) -> int:
    before = [value for value in lefts if value <= left]
    return sum(later - earlier > LEVEL for earlier, later in pairwise(before))


def _inline(runs: list[Run]) -> str:
    made: list[str] = []
    for link, linked in groupby(runs, lambda run: run.link):
        inner: list[str] = []
        for marks, same in groupby(linked, lambda run: run.marks):
            is_first = not made and not inner
            inner.append(_wrapped("".join(run.text for run in same), marks, is_first=is_first))
        text = "".join(inner)
        made.append(_linked(text, link) if link else text)
    return "".join(made)


def _linked(text: str, address: str) -> str:
    return f"({address})" if text.strip() == address else f"[{text}]({address})"


def _wrapped(text: str, marks: frozenset[str], *, is_first: bool) -> str:
    """The blanks that code begins with are its indentation where it begins the line."""
    text = text.replace("\xa0", " ")
    inner = text.strip()
    before, after = text[: text.find(inner)], text[text.find(inner) + len(inner) :]
    if not inner:
        return text
    if is_first and "code" in marks:
        before, inner = "", before + inner
    for name, opening, closing in _WRAPPED:
        if name in marks:
            inner = f"{opening}{inner}{closing}"
    return f"{before}{inner}{after}"
