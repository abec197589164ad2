"""Blocks are written whatever the sanitiser makes of their texts."""

from fin_bridge.helpdesk.text.lists import Items
from fin_bridge.helpdesk.text.writer import Block, Writer


def test_a_sanitiser_that_joins_fragments_is_asked_for_each() -> None:
    writer = Writer(lambda fragment: fragment.replace("<br>", "").replace("x", ""))
    writer.write(Block("p", [["ax"], ["b"]]))
    writer.write(Block("h1", [["cx"]]))
    assert writer.end() == "<p>a<br>b</p><h1>c</h1>"


def test_what_is_sanitised_at_once_is_bounded() -> None:
    given: list[int] = []

    def clean(fragment: str) -> str:
        given.append(len(fragment))
        return fragment

    writer = Writer(clean)
    items = Items("ol")
    for number in range(500):
        writer.write(Block("p", [[f"{number}", "word " * 100]], (items.begin(),)))
    shown = writer.end()
    assert shown.startswith("<ol><li>0word")
    assert shown.count("<li>") == 500
    assert len(given) > 10
    assert max(given) < 20_000
