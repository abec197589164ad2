"""Elements of tables: which cell of which row a text belongs to."""

from __future__ import annotations

from typing import Final

from .flow import End, Flow, State
from .tables import DEEPEST, Table
from .tree import Node

_SECTIONS: Final = frozenset({"thead", "tbody", "tfoot"})
_CELLS: Final = frozenset({"td", "th"})
TAGS: Final = frozenset({"table", "tr", *_SECTIONS, *_CELLS})


class TableWalk:
    """It opens and closes tables, rows and cells of the flow."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    @property
    def _innermost(self) -> Table | None:
        return self.flow.tables[-1] if self.flow.tables else None

    def begin(self, node: Node) -> End:
        """Begin an element of a table, and return what ends it."""
        self.flow.begin_block()
        table = self._innermost
        if node.tag == "table":
            is_read = len(self.flow.tables) < DEEPEST
            self.flow.tables.append(Table(node) if is_read else None)
            return self._end_table
        if node.tag in _SECTIONS:
            if table is not None:
                table.in_head = node.tag == "thead"
            return self.flow.end_block
        if node.tag in _CELLS:
            if table is not None:
                table.begin_cell(node)
            return self._end_cell
        return self._end_row

    def _end_table(self, outer: State) -> None:
        self.flow.flush()
        self.flow.tables.pop()

    def _end_row(self, outer: State) -> None:
        self.flow.flush()
        table = self._innermost
        if table is not None:
            for block in table.end_row(outer.items, outer.quotes):
                self.flow.emit(block)

    def _end_cell(self, outer: State) -> None:
        self.flow.flush()
        table = self._innermost
        if table is not None:
            table.cell = None
