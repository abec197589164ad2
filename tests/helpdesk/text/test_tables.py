"""A row is one line with its cells apart, unless the table is there for the layout."""

from __future__ import annotations

import pytest

from fin_bridge.helpdesk.text.lists import Items
from fin_bridge.helpdesk.text.tables import Cell, Table
from fin_bridge.helpdesk.text.tree import Node
from fin_bridge.helpdesk.text.writer import Block


def row(table: Table, *cells: tuple[Node, list[str]]) -> list[str]:
    """Read a row of cells, and return each block's lines."""
    for node, texts in cells:
        table.begin_cell(node)
        assert table.cell is not None
        table.cell.blocks += [Block("p", [[text]]) for text in texts]
    return ["\n".join("".join(line) for line in block.lines) for block in table.end_row((), 0)]


def td(**attributes: str | None) -> Node:
    return Node("td", attributes)


@pytest.fixture
def table() -> Table:
    return Table(Node("table"))


def test_cells_stand_apart(table: Table) -> None:
    assert row(table, (td(), ["a"]), (td(), []), (td(), ["b", "c"])) == ["a | | b / c"]
    assert row(table, (td(), []), (td(), ["a"])) == ["| a"]
    assert row(table, (td(), [])) == []


def test_headings_are_bold(table: Table) -> None:
    assert row(table, (Node("th"), ["a", "b"]), (td(), ["c"])) == ["<b>a</b> / <b>b</b> | c"]
    table.in_head = True
    assert row(table, (td(), ["a"]), (td(), ["<b>b</b>"])) == ["<b>a</b> | <b>b</b>"]


def test_cells_over_several_columns_and_rows(table: Table) -> None:
    assert row(table, (td(rowspan="2"), ["a"]), (td(colspan="2"), ["b"])) == ["a | b |"]
    assert row(table, (td(), ["c"]), (td(), ["d"])) == ["| c | d"]
    assert row(table, (td(), ["e"]), (td(), ["f"])) == ["e | f"]


def test_a_span_is_bounded() -> None:
    assert [Cell(td(colspan=said)).columns for said in ("9999", "0", "x")] == [100, 1, 1]
    assert Cell(td(rowspan="3")).rows == 3


def test_a_layout_has_no_empty_cells() -> None:
    table = Table(Node("table", {"role": "presentation"}))
    assert row(table, (td(), []), (td(), ["a"]), (td(), []), (td(), ["b"])) == ["a | b"]
    assert row(table, (td(), []), (td(), ["a"])) == ["a"]


def test_long_cells_are_read_one_after_the_other(table: Table) -> None:
    lines = [str(number) for number in range(13)]
    assert row(table, (td(), lines), (td(), ["a"])) == [*lines, "a"]
    long = ["word " * 41] * 7
    assert row(table, (td(), long), (td(), long)) == [*long, *long]
    assert len(row(table, (Node("th"), long), (td(), long))) == 1
    assert row(table, (td(), ["x" * 401]), (td(), [])) == ["x" * 401]


def test_a_cell_with_a_heading_is_read_by_itself(table: Table) -> None:
    table.begin_cell(td())
    assert table.cell is not None
    table.cell.blocks.append(Block("h1", [["a"]]))
    assert table.cell.is_structured
    assert [block.kind for block in table.end_row((), 0)] == ["h1"]


def test_an_item_in_a_cell_has_its_marker() -> None:
    cell = Cell()
    for items, text in ((Items("ol"), "a"), (Items("ul"), "b"), (Items("ol", "lower-alpha"), "c")):
        item = items.begin(2)
        cell.blocks += [Block("p", [[text]], (item,)), Block("p", [["x"]], (item,))]
    assert "".join(cell.line(0)) == "2. a / x / - b / x / b. c / x"


def test_the_size_of_a_cell() -> None:
    cell = Cell()
    cell.blocks = [Block("p", [["ab", "c"], ["d"]]), Block("p", [["e"]])]
    assert (cell.count, cell.size) == (3, 5)
