"""Blocks of a text, written in Fin's tags and sanitised a bounded portion at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Final, Literal

from .lines import Line
from .lists import Item, Items

Kind = Literal["", "p", "h1", "h2", "code"]
"""The tag of a block; "" where it has none, and `code` for a paragraph of code."""

_PORTION: Final = 16 * 1024
_MOST_EMPTY: Final = 20
_LEVEL: Final = "&nbsp;" * 3
_PARTED: Final = re.compile(r"</(code|b|i)>((?:<br>)*)<\1>")


class Block:
    """Lines of one kind; each is marked with how often it is quoted, and belongs to its items."""

    __slots__ = ("is_row", "items", "kind", "lines", "quotes")

    def __init__(
        self, kind: Kind, lines: list[Line], items: Sequence[Item] = (), quotes: int = 0
    ) -> None:
        self.kind = kind
        self.lines = lines
        self.items = items
        self.quotes = quotes
        self.is_row = False
        """Whether it is made of a table's row."""


class _Open:
    """A list that is being written: its tag, its item at hand, and the number of that."""

    def __init__(self, items: Items) -> None:
        self.items = items
        self.tag = items.kind
        self.item: Item | None = None
        self.number = 0


class Writer:
    """Writes blocks one after the other; lists stay open from one to the next."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self.clean = clean
        self.done: list[str] = []
        self.parts: list[str] = []
        self.unclean: list[int] = []
        self.size = 0
        self.open: list[_Open] = []
        self.has_text = False
        """Whether the item that is open has a line already that the next one would join."""

    def write(self, block: Block) -> None:
        """Write a block within the lists that it stands in."""
        lead = ""
        for depth, item in enumerate(block.items[:-1], 1):
            if not item.is_said:
                self._write_alone(item, block.items[:depth], block.quotes)
        if block.items or self.open:
            self._sync(self._shown(block.items))
            lead = self._lead(block)
        self._write_lines(block.kind, block.lines, block.quotes, lead)
        if self.size > _PORTION:
            self._flush()

    def _write_alone(self, item: Item, items: Sequence[Item], quotes: int) -> None:
        """Write what an item says that has no text of its own before the list that it holds."""
        self._sync(self._shown(items))
        lead = item.said()
        if lead:
            self.write(Block("p", [[escape(lead.rstrip(), quote=False)]], items, quotes))

    def _lead(self, block: Block) -> str:
        """Return what the block begins with."""
        if not block.items:
            return ""
        return _indentation(block.items) + escape(block.items[-1].said(), quote=False)

    def end(self) -> str:
        """Return all that was written, sanitised."""
        self._sync([])
        self._flush()
        return "".join(self.done)

    def _shown(self, items: Sequence[Item]) -> list[Item]:
        """Return those whose list has a tag; a number that `ol` does not show is text."""
        found = []
        for item in items:
            if item.items.kind == "ol" and not self._counts(item):
                item.items.kind = "text"
            if item.items.kind != "text":
                found.append(item)
        return found

    def _counts(self, item: Item) -> bool:
        for opened in self.open:
            if opened.items is item.items:
                empty = 0 if item.items.has_gaps else _MOST_EMPTY
                return opened.item is item or 0 < item.number - opened.number <= 1 + empty
        return item.number == 1

    def _sync(self, wanted: list[Item]) -> None:
        common = 0
        for opened, item in zip(self.open, wanted, strict=False):
            if opened.items is not item.items:
                break
            common += 1
            if opened.item is not item:
                break
        while len(self.open) > common:
            self._put(f"</li></{self.open.pop().tag}>")
            self.has_text = False
        for level, item in enumerate(wanted):
            if level >= len(self.open):
                self._put(f"<{item.items.kind}>")
                self.open.append(_Open(item.items))
            if self.open[level].item is not item:
                self._begin_item(self.open[level], item)

    def _begin_item(self, opened: _Open, item: Item) -> None:
        if opened.item is not None:
            self._put("</li>")
        if opened.tag == "ol":
            self._put("<li></li>" * (item.number - opened.number - 1))
        self._put("<li>")
        opened.item, opened.number = item, item.number
        self.has_text = False

    def _write_lines(self, kind: Kind, lines: list[Line], quotes: int, lead: str) -> None:
        """Write them as a block, or as lines of the item that is open."""
        if self.open:
            before, after = ("<br>" if self.has_text else ""), ""
            if kind in {"h1", "h2"}:
                lines = [[_bold(fragment) for fragment in line] for line in lines]
            self.has_text = True
        else:
            tag = (
                "p" if kind == "code" or (not kind and (self.parts or self.done or lead)) else kind
            )
            before, after = (f"<{tag}>", f"</{tag}>") if tag else ("", "")
        mark = "&gt; " * quotes
        for line in lines:
            self._put(before + (mark + lead if line else (mark + lead).rstrip()))
            before, lead = "<br>", ""
            for fragment in line:
                self._put_unclean(fragment)
        self._put(after)

    def _put(self, html: str) -> None:
        if html:
            self.parts.append(html)
            self.size += len(html)

    def _put_unclean(self, html: str) -> None:
        self.unclean.append(len(self.parts))
        self.parts.append(html)
        self.size += len(html)

    def _flush(self) -> None:
        """Sanitise what came from outside, joined by a tag that no fragment holds."""
        given = [self.parts[position] for position in self.unclean]
        found = self.clean("<br>".join(given)).split("<br>") if given else []
        if len(found) != len(given):
            found = [self.clean(fragment) for fragment in given]
        for position, fragment in zip(self.unclean, found, strict=True):
            self.parts[position] = fragment
        html = "".join(self.parts)
        self.done.append(_PARTED.sub(r"\2", html))
        self.parts, self.unclean, self.size = [], [], 0


def _bold(fragment: str) -> str:
    return fragment if "<b>" in fragment else f"<b>{fragment}</b>"


def _indentation(items: Sequence[Item]) -> str:
    """Return what shows the level of an item whose list has no tag within another such list."""
    said = sum(item.items.kind == "text" for item in items)
    return _LEVEL * (said - 1) if said > 1 and items[-1].items.kind == "text" else ""
