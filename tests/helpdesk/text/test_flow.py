"""Texts become lines, lines become blocks, and blocks are written."""

from __future__ import annotations

import pytest

from fin_bridge.helpdesk.text.flow import Flow, State
from fin_bridge.helpdesk.text.html import to_fin
from fin_bridge.helpdesk.text.looks import BOLD, CODE, ITALIC, STRUCK, Look
from fin_bridge.helpdesk.text.tables import DEEPEST, Table
from fin_bridge.helpdesk.text.tree import Node
from fin_bridge.helpdesk.text.writer import Writer


@pytest.fixture
def flow() -> Flow:
    return Flow(Writer(str))


def written(flow: Flow) -> str:
    flow.flush()
    return flow.writer.end()


def test_blocks_follow_each_other(flow: Flow) -> None:
    for kind, text in (("h1", "a"), ("p", "b")):
        flow.begin_block("h1" if kind == "h1" else "p")
        flow.add(text)
        flow.end_block(State())
        flow.state = State()
    assert written(flow) == "<h1>a</h1><p>b</p>"


def test_a_block_in_a_heading_is_a_heading(flow: Flow) -> None:
    flow.begin_block("h2")
    flow.begin_block()
    flow.add("a")
    assert written(flow) == "<h2>a</h2>"


def test_a_block_in_code_is_a_line_of_it(flow: Flow) -> None:
    flow.begin_block("code")
    outer = flow.state
    for text in ("a", "b"):
        flow.begin_block()
        flow.add(text)
        flow.end_block(outer)
    assert written(flow) == "<p>a<br>b</p>"


def test_code_has_no_colours_of_its_editor(flow: Flow) -> None:
    marks = (CODE, BOLD, ITALIC, STRUCK)
    flow.state = State(Look(marks), "code")
    flow.add("a")
    assert written(flow) == "<p><code>~a~</code></p>"


def test_what_is_invisible_is_not_read(flow: Flow) -> None:
    flow.state = State(Look(is_invisible=True))
    flow.add("a")
    assert written(flow) == ""


def test_a_rule_stands_between_two_blocks(flow: Flow) -> None:
    flow.add_rule()
    for text in ("a", "b"):
        flow.begin_block()
        flow.add(text)
        flow.add_rule()
    assert written(flow) == "<p>a</p><p>---</p><p>b</p>"


def test_white_space_alone_is_no_block(flow: Flow) -> None:
    flow.add(" ")
    flow.flush()
    flow.add("a")
    assert written(flow) == "a"


def test_a_block_in_a_cell_belongs_to_the_cell(flow: Flow) -> None:
    table = Table(Node("table"))
    table.begin_cell(Node("td"))
    flow.tables += [table, None]
    flow.add_picture("<img>")
    flow.flush()
    assert table.cell is not None
    assert [block.lines for block in table.cell.blocks] == [[["<img>"]]]
    assert written(flow) == ""


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "<p>a | b</p><p>c | d</p>"),
        (
            "<table><thead><tr><td>a<td>b<tbody><tr><td>c<td>d</table>",
            "<p><b>a</b> | <b>b</b></p><p>c | d</p>",
        ),
        ("<table><caption>a</caption><tr><td>b<td>c</table>d", "<p>a</p><p>b | c</p><p>d</p>"),
        (
            "<table><tr><td>a<table><tr><td>b<td>c</table><td>d</table>",
            "<p>a</p><p>b | c</p><p>d</p>",
        ),
        ("<ul><li>a<table><tr><td>b<td>c</table></ul>", "<ul><li>a<br>b | c</li></ul>"),
        ("<table><tr><td>a<ul><li>b<li>c</ul><td>d</table>", "<p>a / - b / - c | d</p>"),
        ("<table><tr><td> </table>", ""),
    ],
)
def test_tables(markup: str, shown: str) -> None:
    assert to_fin(markup) == shown


def test_of_too_many_tables_in_each_other_the_words_are_read() -> None:
    markup = "<table><tr><td>" * (DEEPEST + 1) + "a</td><td>b"
    assert to_fin(markup) == "<p>a</p><p>b</p>"
