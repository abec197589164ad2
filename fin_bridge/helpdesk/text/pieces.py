"""A long text in several messages: lists, links and numbers go on, and no word is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from .blocks import FinBlock, FinItem, Run, collapsed
from .fin_html import read, to_html

_WORD: Final = re.compile(r"\s*\S+\s*|\s+")


@dataclass(frozen=True)
class _Atom:
    """An atom, a word, a link or a picture, is not cut as long as a message holds it."""

    block: int
    runs: tuple[Run, ...] = ()


def split(markup: str, is_held: Callable[[str], bool]) -> list[str]:
    """Sanitised HTML of Fin's tags in pieces, each of which `is_held` by a message."""
    blocks = read(markup)
    atoms = [atom for number, block in enumerate(blocks) for atom in _atoms(number, block)]
    pieces, start = [], 0
    while start < len(atoms):
        end = _end(blocks, atoms, start, is_held)
        smaller = _smaller(atoms[start]) if end == start else []
        if smaller:
            atoms[start : start + 1] = smaller
            continue
        end = max(_border(atoms, start, end), start + 1)
        pieces.append(to_html(_piece(blocks, atoms, start, end)))
        start = end
    return [piece for piece in pieces if piece]


def _atoms(number: int, block: FinBlock) -> Iterator[_Atom]:
    if not block.runs:
        yield _Atom(number)
    for href, group in groupby(block.runs, lambda run: run.href):
        if href:
            yield _Atom(number, tuple(group))
        else:
            yield from (_Atom(number, (part,)) for run in group for part in _words(run))


def _words(run: Run) -> Iterator[Run]:
    if not run.is_text:
        yield run
        return
    for word in _WORD.findall(run.text):
        yield replace(run, text=word)


def _smaller(atom: _Atom) -> list[_Atom]:
    """Return parts of what is too long for any message; an address follows its text then."""
    return [_Atom(atom.block, (part,)) for part in _parts(atom.runs)]


def _parts(runs: Sequence[Run]) -> Iterator[Run]:
    href = runs[0].href if runs else ""
    if href:
        yield from (word for run in runs for word in _words(replace(run, href="")))
        yield from [] if "".join(run.text for run in runs) == href else [Run(f" {href}")]
        return
    for run in runs:
        middle = len(run.text) // 2
        if run.image:
            yield from (Run(run.text), Run(f" {run.image}"))
        elif middle:
            yield from (replace(run, text=run.text[:middle]), replace(run, text=run.text[middle:]))


def _end(
    blocks: Sequence[FinBlock], atoms: Sequence[_Atom], start: int, is_held: Callable[[str], bool]
) -> int:
    """Where the longest piece ends that is held."""
    low, high, step = start, len(atoms), 16
    while low < high:
        middle = min(low + step, high)
        if is_held(to_html(_piece(blocks, atoms, start, middle))):
            low, step = middle, step * 2
        else:
            high = middle - 1
            step = max(1, (high - low + 1) // 2)
    return low


def _border(atoms: Sequence[_Atom], start: int, end: int) -> int:
    """The last end of a block or a line in the second half of what a message holds."""
    if end == len(atoms):
        return end
    for border in range(end, (start + end) // 2, -1):
        before, behind = atoms[border - 1], atoms[border]
        if before.block != behind.block or any(run.is_break for run in before.runs):
            return border
    return end


def _piece(
    blocks: Sequence[FinBlock], atoms: Sequence[_Atom], start: int, end: int
) -> list[FinBlock]:
    """The blocks of a piece: an item that began in another one is shown without its mark."""
    first = atoms[start].block
    is_cut = start > 0 and atoms[start - 1].block == first
    before = set(blocks[first if is_cut else first - 1].items) if start else set[FinItem]()
    found = []
    for number, group in groupby(atoms[start:end], lambda atom: atom.block):
        block = blocks[number]
        runs = [run for atom in group for run in atom.runs]
        items = tuple(item for item in block.items if item not in before)
        shown = tuple(runs) if block.kind == "code" else collapsed(runs)
        if shown or items:
            found.append(replace(block, runs=shown, items=items))
    return found
