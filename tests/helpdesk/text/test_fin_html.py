"""Fin's HTML is read into blocks, each with the items that it stands in, and written again."""

import pytest

from fin_bridge.helpdesk.text.blocks import BREAK, FinBlock, FinItem, Run
from fin_bridge.helpdesk.text.fin_html import read, to_html

ONE, TWO = FinItem(1, ordered=True, number=1), FinItem(1, ordered=True, number=2)
THREE, BULLET = FinItem(1, ordered=True, number=3), FinItem(2, ordered=False, number=1)


def block(text: str, *items: FinItem) -> FinBlock:
    return FinBlock("p", (Run(text),), items)


@pytest.mark.parametrize(
    ("blocks", "markup"),
    [
        ([block("a & b")], "<p>a &amp; b</p>"),
        ([FinBlock("h1", (Run("a"),))], "<h1>a</h1>"),
        ([FinBlock("code", (Run("a", code=True), Run(BREAK)))], "<p><code>a<br></code></p>"),
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
def test_blocks_are_written(blocks: list[FinBlock], markup: str) -> None:
    assert to_html(blocks) == markup


def test_looks_links_and_pictures() -> None:
    runs = (
        Run("a", bold=True, italic=True, code=True),
        Run("b", href="h?c&d"),
        Run("e", bold=True, href="h?c&d"),
        Run('f"', image="g"),
    )
    assert to_html([FinBlock("p", runs)]) == (
        "<p><b><i><code>a</code></i></b>"
        '<a href="h?c&amp;d">b<b>e</b></a><img src="g" alt="f&quot;"></p>'
    )


def told(block: FinBlock) -> str:
    markers = "".join(f"{item.marker} " for item in block.items)
    return f"{block.kind}: {markers}{''.join(run.text for run in block.runs)}"


@pytest.mark.parametrize(
    ("markup", "blocks"),
    [
        ("a<p>b</p>c", ["p: a", "p: b", "p: c"]),
        ("<h1>a</h1><h2>b</h2>", ["h1: a", "h2: b"]),
        ("<p>a<br>b</p>", ["p: a\nb"]),
        ("<ol><li>a</li><li>b</li></ol>", ["p: 1. a", "p: 2. b"]),
        ('<ol start="7"><li>a</li></ol>', ["p: 7. a"]),
        ('<ol start="x"><li>a</li></ol>', ["p: 1. a"]),
        ("<ul><li>a<ol><li>b</li></ol>c</li></ul>", ["p: - a", "p: - 1. b", "p: - c"]),
        ("<ol><li></li><li>b</li></ol>", ["p: 1. ", "p: 2. b"]),
        ("<ul><li><ul><li>a</li></ul></li></ul>", ["p: - ", "p: - - a"]),
        ("<ul>a</ul>", ["p: - a"]),
        ("<li>a</li><li>b</li>", ["p: - a", "p: - b"]),
        ("<ul><li><code>a\nb</code></li></ul>", ["p: - ", "code: - a\nb"]),
        ("<p><code>a\r\n\r\nb</code></p>", ["code: a\n\nb"]),
        ("<p> </p>", []),
    ],
)
def test_blocks_are_read(markup: str, blocks: list[str]) -> None:
    assert [told(block) for block in read(markup)] == blocks


def test_runs_that_are_read_have_looks_links_and_pictures() -> None:
    markup = '<p><b>a<i>b</i></b><a href="h">c</a><img src="s" alt="t"><code>d</code></p>'
    [block] = read(markup)
    bold, both, link, picture, code = block.runs
    assert (bold.bold, bold.italic, both.bold, both.italic) == (True, False, True, True)
    assert (link.href, picture.image, picture.text, code.code) == ("h", "s", "t", True)


def test_lists_that_follow_each_other_are_two() -> None:
    first, second = read("<ol><li>a</li></ol><ol><li>b</li></ol>")
    assert first.items[0].number == second.items[0].number == 1
    assert first.items[0].of != second.items[0].of
