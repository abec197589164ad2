"""Runs become lines as a page shows them; blocks know the items that they stand in."""

import pytest

from fin_bridge.helpdesk.text.blocks import BREAK, FinBlock, FinItem, Run, collapsed, parted

END = Run(BREAK)


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        ([Run(" a \n b ")], [Run("a b")]),
        ([Run("a "), Run(" b")], [Run("a b")]),
        ([Run("a "), Run(" b", bold=True)], [Run("a "), Run("b", bold=True)]),
        ([Run("a "), END, Run(" b")], [Run("a"), END, Run("b")]),
        ([END, Run("a"), END, Run(" ")], [Run("a")]),
        ([Run("a", bold=True), Run(" ", bold=True)], [Run("a", bold=True)]),
        ([Run("  a ", code=True)], [Run("  a ", code=True)]),
        ([Run("i", image="x"), Run(" ")], [Run("i", image="x")]),
        ([Run(" ")], []),
    ],
)
def test_white_space_is_collapsed(runs: list[Run], shown: list[Run]) -> None:
    assert collapsed(runs) == tuple(shown)


def test_lines_of_code_are_a_block_of_their_own() -> None:
    code = [Run("", code=True), END, Run("  x", code=True), END, Run("y ", code=True), END]
    code = [Run(run.text, code=True) for run in code]
    found = [(kind, [run.text for run in runs]) for kind, runs in parted([Run("a "), *code])]
    assert found == [("p", ["a"]), ("code", ["  x", BREAK, "y"]), ("p", [])]


@pytest.mark.parametrize("runs", [[Run("x", code=True)], [Run(BREAK, code=True)]])
def test_code_within_a_line_is_prose(runs: list[Run]) -> None:
    assert [kind for kind, _ in parted(runs)] == ["p"]


def test_code_in_a_link_is_prose() -> None:
    runs = [Run(text, code=True, href="h") for text in ("x", BREAK, "y")]
    assert [kind for kind, _ in parted(runs)] == ["p"]


def test_a_block_has_lines_and_shares_items() -> None:
    outer, inner = FinItem(1, ordered=True, number=3), FinItem(2, ordered=False, number=1)
    block = FinBlock("p", (Run("a"), END, END, Run("b")), (outer, inner))
    assert list(block.lines()) == [(Run("a"),), (), (Run("b"),)]
    assert block.shared(FinBlock("p", (), (outer,))) == 1
    assert block.shared(None) == 0
    assert (outer.marker, inner.marker) == ("3.", "-")
