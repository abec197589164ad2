"""The flow of blocks: what holds for the text at hand, and the cells that blocks end up in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from .lines import Lines
from .lists import Flat, Item
from .looks import BOLD, ITALIC, Look
from .tables import DEEPEST, Table
from .tree import Node
from .writer import Block, Kind, Writer

_RULE: Final = "---"
_SECTIONS: Final = frozenset({"thead", "tbody", "tfoot"})
_CELLS: Final = frozenset({"td", "th"})
TABLE_PARTS: Final = frozenset({"table", "tr", *_SECTIONS, *_CELLS})


class State(NamedTuple):
    """A state is what holds for a text by the elements that it stands in."""

    look: Look = Look()
    kind: Kind = ""
    items: tuple[Item, ...] = ()
    quotes: int = 0
    is_flat: bool = False
    """Whether its item stands in a row of items that say their levels."""

    def looking(self, look: Look) -> State:
        """Return the state with another look."""
        return State(look, self.kind, self.items, self.quotes, self.is_flat)


End = Callable[[State], State | None]
"""It ends an element, given what holds outside of it; it may return what holds after it."""


class Flow:
    """Texts and pictures become lines, lines become blocks, and blocks are written."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.state = State()
        self.lines = Lines()
        self.flat = Flat()
        self.tables: list[Table | None] = []
        """Tables that are open; None for one that is nested too deeply to be read as one."""
        self.marker: list[str] | None = None
        """What Word writes before an item, while it is read."""
        self.rule: Block | None = None
        self.has_blocks = False

    def add(self, text: str) -> None:
        """Add a text with the marks that hold for it, or to the marker of Word's."""
        look = self.state.look
        if self.marker is not None:
            self.marker.append(text)
        elif not look.is_invisible:
            marks = look.marks and self._marks(look)
            self.lines.add(text, marks, is_kept=look.is_kept)

    def add_picture(self, html: str) -> None:
        """Add a picture to the line at hand."""
        self.lines.add_picture(html, self.state.look.marks)

    def _marks(self, look: Look) -> tuple[tuple[str, str], ...]:
        """Return the marks of a text; code is coloured by its editor, not by its author."""
        if self.state.kind != "code" or len(look.marks) < 2:
            return look.marks
        return tuple(mark for mark in look.marks if mark not in {BOLD, ITALIC})

    def begin_marker(self) -> None:
        """Begin the marker that Word writes before an item."""
        self.marker = []

    def end_marker(self) -> str:
        """Return the marker, which the texts after it are no part of."""
        marker, self.marker = "".join(self.marker or ()), None
        return marker.strip()

    def begin_block(self, kind: Kind = "p") -> None:
        """Begin a block; within code it is a line of that, within a heading it is one, too."""
        if self.state.kind == "code":
            self.lines.begin_line()
            return
        self.flush()
        look, outer, items, quotes, is_flat = self.state
        if outer not in {kind, "h1", "h2"}:
            self.state = State(look, kind, items, quotes, is_flat)

    def end_block(self, outer: State) -> None:
        """End the block at hand, which stands in another one."""
        if outer.kind == "code":
            self.lines.begin_line()
        else:
            self.flush()

    def flush(self) -> None:
        """Hand on what there is of a block."""
        if self.lines.is_empty:
            if self.lines.lead or self.lines.breaks:
                self.lines.begin()
            return
        lines, self.lines, state = self.lines.end(), Lines(), self.state
        if state.kind != "code" and not state.is_flat and not state.items and not state.quotes:
            self.flat = Flat()
        self.emit(Block(state.kind, lines, state.items, state.quotes))

    def emit(self, block: Block) -> None:
        """Hand a block to the innermost cell that is open, or to the writer."""
        if self.rule is not None:
            rule, self.rule = self.rule, None
            self._hand_on(rule)
        self.has_blocks = True
        self._hand_on(block)

    def _hand_on(self, block: Block) -> None:
        for table in reversed(self.tables):
            if table is not None and table.cell is not None:
                table.cell.blocks.append(block)
                return
        self.writer.write(block)

    def add_rule(self) -> None:
        """Note a rule; it is written only between two blocks."""
        self.flush()
        if self.has_blocks:
            self.rule = Block("p", [[_RULE]], self.state.items, self.state.quotes)

    @property
    def _innermost(self) -> Table | None:
        return self.tables[-1] if self.tables else None

    def begin_table_part(self, node: Node) -> End:
        """Begin an element of a table, and return what ends it."""
        self.begin_block()
        table = self._innermost
        if node.tag == "table":
            is_read = len(self.tables) < DEEPEST
            self.tables.append(Table(node) if is_read else None)
            return self._end_table
        if node.tag in _SECTIONS:
            if table is not None:
                table.in_head = node.tag == "thead"
            return self.end_block
        if node.tag in _CELLS:
            if table is not None:
                table.begin_cell(node)
            return self._end_cell
        return self._end_row

    def _end_table(self, outer: State) -> None:
        self.flush()
        self.tables.pop()

    def _end_row(self, outer: State) -> None:
        self.flush()
        table = self._innermost
        if table is not None:
            for block in table.end_row(outer.items, outer.quotes):
                self.emit(block)

    def _end_cell(self, outer: State) -> None:
        self.flush()
        table = self._innermost
        if table is not None:
            table.cell = None
