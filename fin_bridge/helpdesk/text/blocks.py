"""Fin's HTML as a flat list of blocks, each of which knows the lists that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, takewhile
from typing import Final, Literal

FinKind = Literal["p", "h1", "h2", "code"]

BREAK: Final = "\n"
_SPACE: Final = re.compile(r"[ \t\n\r\f]+")


@dataclass(frozen=True)
class Run:
    """A text of one look.

    A line break is a run of `BREAK` alone; a picture has an address, and its text names it.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str = ""
    image: str | None = None

    @property
    def is_break(self) -> bool:
        return self.text == BREAK and self.image is None

    @property
    def is_text(self) -> bool:
        return self.text != BREAK and self.image is None

    def __bool__(self) -> bool:
        """A run counts if there is something to be seen."""
        return self.image is not None or bool(self.text.strip())

    def looks_like(self, other: Run) -> bool:
        """Two texts of one look may be one run."""
        return self.is_text and other.is_text and replace(self, text=other.text) == other


@dataclass(frozen=True)
class FinItem:
    """An item of a list; the list is a number that no other list of the text has."""

    of: int
    ordered: bool
    number: int

    @property
    def tag(self) -> str:
        return "ol" if self.ordered else "ul"

    @property
    def marker(self) -> str:
        return f"{self.number}." if self.ordered else "-"


@dataclass(frozen=True)
class FinBlock:
    """A paragraph, a heading or lines of code.

    `items` are those that it stands in, the outermost first. An item begins with a paragraph or a
    heading, which is empty where the item begins with a list or with code.
    """

    kind: FinKind
    runs: tuple[Run, ...] = ()
    items: tuple[FinItem, ...] = ()

    def lines(self) -> Iterator[tuple[Run, ...]]:
        """The runs of each line; an empty line has none."""
        line: list[Run] = []
        for run in self.runs:
            if run.is_break:
                yield tuple(line)
                line = []
            else:
                line.append(run)
        yield tuple(line)

    def shared(self, before: FinBlock | None) -> int:
        """The number of items that it stands in together with the block before it."""
        pairs = zip(self.items, before.items if before else (), strict=False)
        return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def parted(runs: Iterable[Run]) -> Iterator[tuple[FinKind, tuple[Run, ...]]]:
    """The paragraphs and the blocks of code in a row of runs.

    Several lines of code are a block of their own, wherever they stand, unless there is a link in
    them.
    """
    prose: list[Run] = []
    for is_code, group in groupby(runs, lambda run: run.code and not run.href):
        found = list(group)
        lines = _without_ends(found) if is_code else []
        if any(run.is_break for run in lines):
            yield "p", collapsed(prose)
            yield "code", tuple(lines)
            prose = []
        else:
            prose += found
    yield "p", collapsed(prose)


def _without_ends(runs: list[Run]) -> list[Run]:
    """Lines of code without the empty ones before and behind them."""
    lines = [number for number, run in enumerate(runs) if run]
    if not lines:
        return []
    first, last = lines[0], lines[-1]
    return [*runs[first:last], replace(runs[last], text=runs[last].text.rstrip())]


def collapsed(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs as a page shows them: white space as one space, and none at the ends of a line."""
    found: list[Run] = []
    for run in runs:
        if run.is_break:
            _strip_end(found)
        seen = _seen(found, run)
        if found and found[-1].looks_like(seen):
            found[-1] = replace(seen, text=found[-1].text + seen.text)
        elif seen.text or not seen.is_text:
            found.append(seen)
    while found and not found[-1]:
        found.pop()
    _strip_end(found)
    return tuple(found[next((n for n, run in enumerate(found) if run), 0) :])


def _seen(before: list[Run], run: Run) -> Run:
    if run.is_break:
        return Run(BREAK)
    if run.code or not run.is_text:
        return run
    text = _SPACE.sub(" ", run.text)
    if not before or before[-1].is_break or (before[-1].is_text and before[-1].text[-1:] == " "):
        text = text.removeprefix(" ")
    return replace(run, text=text)


def _strip_end(runs: list[Run]) -> None:
    while runs and runs[-1].is_text and runs[-1].text.endswith(" ") and not runs[-1].code:
        last = runs.pop()
        if text := last.text.rstrip(" "):
            runs.append(replace(last, text=text))
