"""The plain reading of what is handed to Fin: its tags alone, and none of their attributes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from .reading import Line, Run, compose

_MARKS = {"b": "bold", "i": "italic", "code": "code"}
_BLOCKS = {"p", "h1", "h2", "ul", "ol", "li"}


def read(markup: str) -> str:
    """The reading of some HTML in Fin's tags."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return compose(reader.lines)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = [Line()]
        self._open: list[str] = []
        self._numbers: list[int] = []
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "br":
            self._line()
        elif tag == "img":
            self._run(f"![]({values.get('src')})")
        else:
            self._enter(tag, values.get("href") or "")

    def _enter(self, tag: str, address: str) -> None:
        self._open.append(tag)
        if tag == "a":
            self._link = address
        elif tag in {"ul", "ol"}:
            self._numbers.append(0)
        if tag in _BLOCKS and not (tag == "p" and self._is_fresh_item()):
            self._line()
        if tag == "li":
            self._numbers[-1] += 1
            lists = [name for name in self._open if name in {"ul", "ol"}]
            self.lines[-1].marker = f"{self._numbers[-1]}." if lists[-1] == "ol" else "-"

    def _is_fresh_item(self) -> bool:
        return bool(self.lines[-1].marker) and not self.lines[-1].text.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open.pop() != tag:
            pass
        if tag == "a":
            self._link = ""
        elif tag in {"ul", "ol"}:
            self._numbers.pop()
        if tag in _BLOCKS:
            self._line()

    def handle_data(self, data: str) -> None:
        text = re.sub(r"[ \t\n\r\f]+", " ", data)
        if not self.lines[-1].text or self.lines[-1].text.endswith(" "):
            text = text.removeprefix(" ")
        self._run(text)

    def _run(self, text: str) -> None:
        marks = frozenset(_MARKS[tag] for tag in self._open if tag in _MARKS)
        if self.lines[-1].heading:
            marks -= {"bold"}
        self.lines[-1].runs.append(Run(text, marks, self._link))

    def _line(self) -> None:
        heading = next((int(tag[1]) for tag in self._open if tag in {"h1", "h2"}), 0)
        self.lines.append(Line(left=40 * len(self._numbers), heading=heading))
