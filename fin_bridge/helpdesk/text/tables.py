"""Tables: a row is one line, with its cells apart; what is there for the layout alone is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from . import numbering
from .lines import Line
from .lists import Item
from .tree import Node
from .writer import Block

DEEPEST: Final = 8
"""Tables within tables; what is nested more deeply is read without them."""

_MOST_COLUMNS: Final = 100
_MOST_LINES: Final = 12
_LONG: Final = 400
_BETWEEN_LINES: Final = " / "


class Cell:
    """A cell: its blocks, whether it is a heading, and over how many columns and rows it goes."""

    def __init__(self, node: Node | None = None, *, is_heading: bool = False) -> None:
        self.blocks: list[Block] = []
        self.is_heading = is_heading
        self.columns = _span(node, "colspan")
        self.rows = _span(node, "rowspan")

    @property
    def is_structured(self) -> bool:
        """Whether it holds what one line cannot say."""
        return any(block.kind in {"h1", "h2"} for block in self.blocks) or (
            len(self.blocks) > 1
            and any(block.is_row or block.kind == "code" for block in self.blocks)
        )

    @property
    def count(self) -> int:
        """Return how many lines it has."""
        return sum(len(block.lines) for block in self.blocks)

    @property
    def size(self) -> int:
        """Return how many characters it has, roughly."""
        lines = chain.from_iterable(block.lines for block in self.blocks)
        return sum(len(fragment) for fragment in chain.from_iterable(lines))

    def line(self, depth: int) -> Line:
        """Return all that it says in one line; `depth` is how many items its row stands in."""
        found: Line = []
        for block in self.blocks:
            for line in block.lines:
                if found:
                    found.append(_BETWEEN_LINES)
                found.append(_marker(block.items[depth:]))
                found += line
        if not self.is_heading:
            return found
        return [
            part if part == _BETWEEN_LINES or "<b>" in part else f"<b>{part}</b>"
            for part in found
            if part
        ]


def _span(node: Node | None, name: str) -> int:
    count = None if node is None else numbering.number(node.get(name))
    return min(max(count or 1, 1), _MOST_COLUMNS)


def _marker(items: Sequence[Item]) -> str:
    """Return what an item of a list within a cell begins with."""
    if not items or items[-1].is_said:
        return ""
    item = items[-1]
    said = item.said()
    if item.items.kind == "ol":
        return f"{item.number}. {said}"
    return said if item.items.kind == "text" else f"- {said}"


class Table:
    """A table as far as it has been read: the row and the cell at hand."""

    def __init__(self, node: Node) -> None:
        self.is_layout = node.get("role").lower() in {"presentation", "none"}
        self.in_head = False
        self.has_headings = False
        self.cells: list[Cell] = []
        self.cell: Cell | None = None
        self.covered: dict[int, int] = {}
        """Columns that a cell of an earlier row covers, and for how many rows more."""

    def begin_cell(self, node: Node) -> None:
        """Begin a cell of the row at hand."""
        is_heading = node.tag == "th" or self.in_head
        self.has_headings = self.has_headings or is_heading
        self.cell = Cell(node, is_heading=is_heading)
        self.cells.append(self.cell)

    def end_row(self, items: Sequence[Item], quotes: int) -> list[Block]:
        """Return the blocks that the row is read as."""
        cells, self.cells, self.cell = list(self._placed(self.cells)), [], None
        filled = [cell for cell in cells if cell.blocks]
        if not filled:
            return []
        if self._is_apart(cells, filled):
            return [block for cell in filled for block in cell.blocks]
        line: Line = []
        for cell in filled if self.is_layout else cells:
            said = cell.line(len(items))
            if cell is not cells[0] and (line or not self.is_layout):
                line.append(f"{' ' if line else ''}|{' ' if said else ''}")
            line += said
        row = Block("p", [line], items, quotes)
        row.is_row = True
        return [row]

    def _placed(self, cells: list[Cell]) -> Iterator[Cell]:
        """Yield the cells of the row, with an empty one for each column that none begins in."""
        column = 0
        for cell in cells:
            yield from self._covered(column)
            column = self._free(column)
            yield cell
            if len(cells) > 1 or self.covered:
                yield from (Cell() for _ in range(cell.columns - 1))
            if cell.rows > 1:
                self.covered.update(dict.fromkeys(range(column, column + cell.columns), cell.rows))
            column += cell.columns
        yield from self._covered(column)
        self.covered = {column: rows - 1 for column, rows in self.covered.items() if rows > 1}

    def _covered(self, column: int) -> Iterator[Cell]:
        return (Cell() for _ in range(column, self._free(column)))

    def _free(self, column: int) -> int:
        while column in self.covered:
            column += 1
        return column

    def _is_apart(self, cells: list[Cell], filled: list[Cell]) -> bool:
        """Return whether the cells are read one after the other, as those of a layout are."""
        if any(cell.is_structured or cell.count > _MOST_LINES for cell in filled):
            return True
        if len(filled) == 1:
            cell = filled[0]
            return len(cells) == 1 or self.is_layout or cell.count > 1 or cell.size > _LONG
        is_long = sum(cell.size for cell in filled) > _LONG
        return (
            is_long and not self.has_headings and sum(cell.count for cell in filled) > _MOST_LINES
        )
