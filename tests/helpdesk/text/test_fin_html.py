"""Blocks are written as HTML of Fin's tags."""

import pytest

from fin_bridge.helpdesk.text.blocks import BREAK, Block, Item, Run
from fin_bridge.helpdesk.text.fin_html import to_html

ONE, TWO = Item(1, ordered=True, number=1), Item(1, ordered=True, number=2)
THREE, BULLET = Item(1, ordered=True, number=3), Item(2, ordered=False, number=1)


def block(text: str, *items: Item) -> Block:
    return Block("p", (Run(text),), items)


@pytest.mark.parametrize(
    ("blocks", "markup"),
    [
        ([block("a & b")], "<p>a &amp; b</p>"),
        ([Block("h1", (Run("a"),))], "<h1>a</h1>"),
        ([Block("code", (Run("a", code=True), Run(BREAK)))], "<p><code>a<br></code></p>"),
        ([block("a", ONE), block("b", TWO)], "<ol><li>a</li><li>b</li></ol>"),
        ([block("a", ONE), block("b", ONE)], "<ol><li>a<p>b</p></li></ol>"),
        ([block("a", THREE)], '<ol start="3"><li>a</li></ol>'),
        (
            [block("a", ONE), block("b", ONE, BULLET), block("c", TWO), block("d")],
            "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol><p>d</p>",
        ),
        ([], ""),
    ],
)
def test_blocks(blocks: list[Block], markup: str) -> None:
    assert to_html(blocks) == markup


def test_looks_links_and_pictures() -> None:
    runs = (
        Run("a", bold=True, italic=True, code=True),
        Run("b", href="h?c&d"),
        Run("e", bold=True, href="h?c&d"),
        Run('f"', image="g"),
    )
    assert to_html([Block("p", runs)]) == (
        "<p><b><i><code>a</code></i></b>"
        '<a href="h?c&amp;d">b<b>e</b></a><img src="g" alt="f&quot;"></p>'
    )
