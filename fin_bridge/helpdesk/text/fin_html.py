"""Fin's HTML, read into blocks and written from them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from . import tree
from .blocks import BREAK, FinBlock, FinItem, FinKind, Run, parted

_HEADINGS: Final[dict[str, FinKind]] = {"h1": "h1", "h2": "h2"}
_LISTS: Final = {"ul", "ol"}
_BLOCKS: Final = {"p", "h1", "h2", "ul", "ol", "li"}
_LINE_END: Final = re.compile(r"\r\n?|\n")

_START: Final = re.compile(r"\d{1,9}", re.ASCII)

Attributes = Mapping[str, str | None]


def read(markup: str) -> list[FinBlock]:
    """The blocks of sanitised HTML of Fin's tags, in the order of their text."""
    reader = _Reader()
    for event in tree.events(markup):
        if event is None:
            reader.end()
        elif isinstance(event, str):
            reader.add_text(event)
        else:
            reader.begin(event.tag, event.attributes)
    reader.end_block()
    return reader.found


@dataclass
class _List:
    key: int
    ordered: bool
    number: int
    is_begun: bool = False
    """Whether there has been an item."""
    is_told: bool = True
    """Whether the last item has a block."""

    def begin_item(self) -> None:
        self.number += self.is_begun
        self.is_begun, self.is_told = True, False

    @property
    def item(self) -> FinItem:
        return FinItem(self.key, self.ordered, self.number)


class _Reader:
    """It remembers what is open at each text: lists, a heading, looks and links."""

    def __init__(self) -> None:
        self.found: list[FinBlock] = []
        self.runs: list[Run] = []
        self.open: list[str] = []
        self.hrefs: list[str] = []
        self.lists: list[_List] = []
        self.count = 0
        self.of_no_list = _List(0, ordered=False, number=1)

    def begin(self, tag: str, attributes: Attributes) -> None:
        if tag in _BLOCKS:
            self.end_block()
        self.open.append(tag)
        if tag == "br":
            self._add(BREAK)
        elif tag == "img":
            self._add(attributes.get("alt") or "", image=attributes.get("src") or "")
        elif tag == "a":
            self.hrefs.append(attributes.get("href") or "")
        elif tag == "li":
            self._begin_item()
        elif tag in _LISTS:
            self._begin_list(tag, attributes.get("start") or "")

    def _begin_list(self, tag: str, start: str) -> None:
        self.count += 1
        number = int(start) if _START.fullmatch(start) else 1
        self.lists.append(_List(self.count, tag == "ol", number))

    def _begin_item(self) -> None:
        if not self.lists:
            self.lists.append(self.of_no_list)
        self.lists[-1].begin_item()

    def end(self) -> None:
        """End what was begun last."""
        if self.open[-1] in _BLOCKS:
            self.end_block()
        tag = self.open.pop()
        if tag == "a":
            self.hrefs.pop()
        elif tag == "li":
            self._tell_items(len(self.lists))
        if tag in _LISTS or (tag == "li" and self.lists[-1] is self.of_no_list):
            self.lists.pop()

    def add_text(self, text: str) -> None:
        lines = _LINE_END.split(text) if "code" in self.open else [text]
        for number, line in enumerate(lines):
            if number:
                self._add(BREAK)
            self._add(line)

    def _add(self, text: str, image: str | None = None) -> None:
        bold, italic, code = (tag in self.open for tag in ("b", "i", "code"))
        self.runs.append(
            Run(text, bold, italic, code, self.hrefs[-1] if self.hrefs else "", image)
        )

    def end_block(self) -> None:
        """End the block at hand; nothing of it is left out but white space."""
        heading: FinKind = next((_HEADINGS[tag] for tag in self.open if tag in _HEADINGS), "p")
        for kind, runs in parted(self.runs):
            if runs:
                self._tell(heading if kind == "p" else kind, runs)
        self.runs.clear()

    def _tell(self, kind: FinKind, runs: tuple[Run, ...]) -> None:
        """Note a block; an item that begins with anything but a text has an empty one first."""
        for items in self.lists:
            if not items.is_begun:
                items.begin_item()
        self._tell_items(len(self.lists) - (kind != "code"))
        if self.lists:
            self.lists[-1].is_told = True
        self.found.append(FinBlock(kind, runs, self._items(len(self.lists))))

    def _tell_items(self, depth: int) -> None:
        for level, items in enumerate(self.lists[:depth], 1):
            if not items.is_told:
                items.is_told = True
                self.found.append(FinBlock("p", (), self._items(level)))

    def _items(self, depth: int) -> tuple[FinItem, ...]:
        return tuple(items.item for items in self.lists[:depth])


def to_html(blocks: Iterable[FinBlock]) -> str:
    """Blocks as HTML of Fin's tags; a list that does not begin with 1 says its start."""
    written: list[str] = []
    before: FinBlock | None = None
    for block in blocks:
        written += [*_between(before, block), _block(block, block.shared(before))]
        before = block
    return "".join([*written, *_between(before, FinBlock("p"))])


def _between(before: FinBlock | None, block: FinBlock) -> Iterator[str]:
    """The ends and beginnings of lists and items."""
    shared = block.shared(before)
    closed = before.items[shared:] if before else ()
    opened = block.items[shared:]
    goes_on = bool(closed and opened) and closed[0].of == opened[0].of
    for number in reversed(range(len(closed))):
        yield "</li>"
        if number or not goes_on:
            yield f"</{closed[number].tag}>"
    for number, item in enumerate(opened):
        if number or not goes_on:
            start = f' start="{item.number}"' if item.ordered and item.number != 1 else ""
            yield f"<{item.tag}{start}>"
        yield "<li>"


def _block(block: FinBlock, shared: int) -> str:
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
