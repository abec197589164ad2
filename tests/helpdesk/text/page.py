"""What a person reads on a page, by html5lib: an independent judge of what becomes of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

import html5lib

_BLOCKS: Final = {"p", "h1", "h2", "h3", "ul", "ol", "li", "pre", "div"}
_UNSEEN: Final = "\N{ZERO WIDTH SPACE}"


@dataclass(frozen=True)
class Line:
    """A line of a page: the marks that it begins with, the lists that it stands in, its text."""

    marks: str
    level: int
    text: str


@dataclass
class Page:
    """All that is read of HTML."""

    lines: list[Line] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    """The text and the address of each link whose text is not that address."""
    headings: list[str] = field(default_factory=list)
    bold: str = ""
    italic: str = ""


def read(markup: str) -> Page:
    """Read HTML as it is shown."""
    tree: Any = html5lib.parseFragment(markup, treebuilder="etree", namespaceHTMLElements=False)
    reader = _Reader()
    reader.element(tree, frozenset())
    reader.end_line()
    return reader.page


def words(markup: str) -> str:
    """All characters that are read, without spaces and marks of lists."""
    return "".join("".join(line.text.split()) for line in read(markup).lines)


class _Reader:
    def __init__(self) -> None:
        self.page = Page()
        self.text = ""
        self.lists: list[list[Any]] = []
        self.marks: list[str] = []

    def end_line(self, *, is_item: bool = False) -> None:
        text = " ".join(self.text.split())
        if text or (self.marks and is_item):
            self.page.lines.append(Line("".join(self.marks), len(self.lists), text))
            self.marks = []
        self.text = ""

    def element(self, element: Any, around: frozenset[str]) -> None:
        tag = str(element.tag)
        inside = around | {tag}
        if tag in _BLOCKS:
            self.end_line(is_item=tag in {"ul", "ol"})
        self._begin(tag, element)
        start = len(self.page.lines), len(self.text)
        self._content(element, inside)
        if tag == "a":
            self._link(element, start)
        if tag in {"ul", "ol"}:
            self.end_line()
            self.lists.pop()
        if tag in _BLOCKS:
            self.end_line(is_item=tag == "li")

    def _begin(self, tag: str, element: Any) -> None:
        if tag in {"ul", "ol"}:
            self.lists.append([tag, int(element.get("start") or 1)])
        elif tag == "li":
            kind, number = self.lists[-1] if self.lists else ("ul", 1)
            self.marks.append(f"{number}." if kind == "ol" else "-")
            if self.lists:
                self.lists[-1][1] += 1
        elif tag == "br":
            self.end_line()
        elif tag == "img":
            self.text += f"[{element.get('alt')}|{unquote(element.get('src') or '')}]"

    def _content(self, element: Any, inside: frozenset[str]) -> None:
        self._add(element.text or "", inside)
        for child in element:
            self.element(child, inside)
            self._add(child.tail or "", inside)

    def _add(self, data: str, inside: frozenset[str]) -> None:
        lines = data.replace(_UNSEEN, "").split("\n") if inside & {"pre", "code"} else [data]
        for number, line in enumerate(lines):
            if number:
                self.end_line()
            self.text += line.replace(_UNSEEN, "")
        seen = re.sub(r"\s", "", data.replace(_UNSEEN, ""))
        self.page.headings += [seen] if seen and inside & {"h1", "h2"} else []
        if "code" not in inside:
            self.page.bold += seen if inside & {"b", "strong"} else ""
            self.page.italic += seen if inside & {"i", "em"} else ""

    def _link(self, element: Any, start: tuple[int, int]) -> None:
        if start[0] != len(self.page.lines):
            return
        text, address = self.text[start[1] :], unquote(element.get("href") or "")
        if address.removeprefix("mailto:") != unquote(text):
            self.page.links.append((text, address))
