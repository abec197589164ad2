"""Fin's HTML as Markdown that each renderer shows as Fin wrote it.

Nested blocks are indented by four, as Python-Markdown asks and CommonMark allows, and code by
four more, since not every renderer knows fences in a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final

from .blocks import BREAK, FinBlock, FinItem, Run
from .fin_html import read
from .markdown_line import Line
from .renderers import Dialect

NOTHING: Final = "\N{ZERO WIDTH SPACE}"
"""A text that is not seen. It parts two lists, and stands for the text of an empty item."""

_NOTHING_SHOWN: Final = re.compile(rf"(?<=>)\s*{NOTHING}\s*(?=<)|<p>\s*{NOTHING}\s*</p>")
_COMMON: Final = Dialect()
_DEEPEST: Final = 5
"""The levels of lists that every renderer shows; what is deeper has its mark as text."""


def to_markdown(markup: str, dialect: Dialect = _COMMON) -> str:
    """Sanitised HTML of Fin's tags as Markdown."""
    blocks = list(_told(read(markup), dialect.keeps_numbers))
    loose = _loose(blocks)
    written, before = "", None
    for block in blocks:
        if before is not None:
            written += _between(before, block, loose)
        written += _indented(block, block.shared(before), dialect)
        before = block
    is_indented = blocks and blocks[0].kind == "code"  # which a host that strips texts would end
    return f"{NOTHING}\n\n{written}" if is_indented else written


def without_nothing(rendered: str) -> str:
    """Return what a renderer made of such Markdown, without the texts that are not seen."""
    return _NOTHING_SHOWN.sub("", rendered)


def _told(blocks: Iterable[FinBlock], keeps_numbers: bool) -> Iterator[FinBlock]:
    """Blocks as they can be said: marks that no list can show are text."""
    before, firsts = None, dict[int, int]()
    for block in blocks:
        for item in block.items:
            firsts.setdefault(item.of, item.number)
        shown = tuple(
            item for item in block.items[:_DEEPEST] if keeps_numbers or firsts[item.of] == 1
        )
        opened = block.items[block.shared(before) :]
        before = block
        marks = " ".join(item.marker for item in opened if item not in shown)
        first = (Run(f"{marks} "),) if marks and block.kind != "code" else ()
        yield from _parts(replace(block, runs=first + block.runs, items=shown))


def _parts(block: FinBlock) -> Iterator[FinBlock]:
    """An empty line ends a paragraph, and each line of a heading is one."""
    if block.kind == "code" or not block.runs:
        yield block
        return
    for is_filled, lines in groupby(block.lines(), any):
        if not is_filled:
            continue
        if block.kind == "p":
            runs = [run for line in lines for run in (*line, Run(BREAK))]
            yield replace(block, runs=tuple(runs[:-1]))
        else:
            yield from (replace(block, runs=runs) for runs in lines)


def _loose(blocks: Iterable[FinBlock]) -> set[int]:
    """The outermost lists that have more than a line or a list in an item."""
    found, before = set[int](), None
    for block in blocks:
        shared = block.shared(before)
        is_line = shared < len(block.items) and not _is_parted(before, block)
        if block.items and not (is_line and _may_follow_at_once(block.items[shared:])):
            found.add(block.items[0].of)
        before = block
    return found


def _may_follow_at_once(opened: tuple[FinItem, ...]) -> bool:
    """CommonMark asks for an empty line above a list that does not begin with 1."""
    return len(opened) == 1


def _is_parted(before: FinBlock | None, block: FinBlock) -> bool:
    """Whether something has to stand between two blocks, which would be one list or one code."""
    if before is None:
        return False
    shared = block.shared(before)
    inside, items = before.items[shared:], block.items[shared:]
    if block.kind == "code" and not items:
        return bool(inside) or before.kind == "code"
    return bool(inside and items) and inside[0].of != items[0].of


def _between(before: FinBlock, block: FinBlock, loose: set[int]) -> str:
    shared = block.shared(before)
    if _is_parted(before, block):
        return f"\n\n{_indent(block.items[:shared])}{NOTHING}\n\n"
    in_one = before.items and block.items and before.items[0].of == block.items[0].of
    return "\n" if in_one and block.items[0].of not in loose else "\n\n"


def _mark(item: FinItem) -> str:
    return f"{item.marker:<3} "


def _indent(items: Iterable[FinItem]) -> str:
    return " " * sum(len(_mark(item)) for item in items)


def _indented(block: FinBlock, shared: int, dialect: Dialect) -> str:
    """A block behind the marks of the items that begin with it."""
    indent = _indent(block.items)
    marks = _indent(block.items[:shared]) + "".join(map(_mark, block.items[shared:]))
    return marks + re.sub(r"\n(?=.)", f"\n{indent}", _text(block, dialect))


def _text(block: FinBlock, dialect: Dialect) -> str:
    if block.kind == "code":
        lines = ("".join(run.text for run in runs).expandtabs(4) for runs in block.lines())
        return "\n".join(f"    {text}" if text.strip() else "" for text in lines)
    if not block.runs:
        return NOTHING
    if block.kind == "p":
        return "  \n".join(dialect.line(str(Line(runs, dialect))) for runs in block.lines())
    mark = "#" if block.kind == "h1" else "##"
    return f"{mark} {dialect.heading(str(Line(block.runs, dialect)))}"
