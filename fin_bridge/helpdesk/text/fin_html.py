"""Blocks as HTML of Fin's tags."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from .blocks import Block, Item, Run


def to_html(blocks: Iterable[Block]) -> str:
    """Blocks as HTML of Fin's tags; a list that does not begin with 1 says its start."""
    written: list[str] = []
    before: Block | None = None
    for block in blocks:
        written += [*_between(before, block), _block(block, block.shared(before))]
        before = block
    return "".join([*written, *_between(before, Block("p"))])


def _between(before: Block | None, block: Block) -> Iterator[str]:
    """The ends and beginnings of lists and items."""
    shared = block.shared(before)
    closed = before.items[shared:] if before else ()
    opened = block.items[shared:]
    goes_on = bool(closed and opened) and closed[0].of == opened[0].of
    for number in reversed(range(len(closed))):
        yield "</li>"
        if number or not goes_on:
            yield f"</{_tag(closed[number])}>"
    for number, item in enumerate(opened):
        if number or not goes_on:
            start = f' start="{item.number}"' if item.ordered and item.number != 1 else ""
            yield f"<{_tag(item)}{start}>"
        yield "<li>"


def _tag(item: Item) -> str:
    return "ol" if item.ordered else "ul"


def _block(block: Block, shared: int) -> str:
    runs = [replace(run, code=False) for run in block.runs] if block.kind == "code" else block.runs
    shown = "".join(
        _linked(href, "".join(map(_run, group)))
        for href, group in groupby(runs, lambda run: run.href)
    )
    if block.kind == "code":
        return f"<p><code>{shown}</code></p>"
    is_first = shared < len(block.items)
    return shown if block.kind == "p" and is_first else f"<{block.kind}>{shown}</{block.kind}>"


def _linked(href: str, shown: str) -> str:
    return f'<a href="{html.escape(href)}">{shown}</a>' if href else shown


def _run(run: Run) -> str:
    if run.is_break:
        return "<br>"
    shown = html.escape(run.text, quote=False)
    if run.image is not None:
        shown = f'<img src="{html.escape(run.image)}" alt="{html.escape(run.text)}">'
    for tag, is_worn in (("code", run.code), ("i", run.italic), ("b", run.bold)):
        shown = f"<{tag}>{shown}</{tag}>" if is_worn else shown
    return shown
