"""The reading of what a browser shows, from the boxes that Chromium has laid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from .reading import Line, Run, compose

_STYLES = [
    "display",
    "font-weight",
    "font-style",
    "font-family",
    "text-decoration-line",
    "vertical-align",
    "visibility",
    "border-left-style",
]
_CONVENTIONS = (Path(__file__).parent / "conventions.css").read_text(encoding="utf-8")
_PREPARE = """() => {
  const say = (node, text) => {
    const isBlock = node.matches("hr, iframe, video, oembed");
    const said = document.createElement(isBlock ? "div" : "span");
    said.textContent = text;
    node.replaceWith(said);
  };
  const each = (names, text) => document.querySelectorAll(names).forEach(
    (node) => say(node, text(node)));
  each("input[type=checkbox]", (box) => box.checked ? "[x]\u00a0" : "[ ]\u00a0");
  each("hr", () => "---");
  each("img", (image) => /^https?:/.test(image.getAttribute("src"))
    ? `![](${image.getAttribute("src")})` : image.alt ? `[${image.alt}]` : "");
  each("iframe, video, oembed", (frame) =>
    `(${frame.getAttribute("src") || frame.getAttribute("url")})`);
}"""


def read(page: Page, markup: str, source: str = "") -> str:
    """The reading of some HTML, with the rules of style that go with its source."""
    page.set_viewport_size({"width": 9000, "height": 900})
    page.set_content(f"<style>{_CONVENTIONS}</style>{markup}", wait_until="domcontentloaded")
    page.evaluate("(name) => { document.body.className = name; }", source)
    page.evaluate(_PREPARE)
    session = page.context.new_cdp_session(page)
    taken = session.send("DOMSnapshot.captureSnapshot", {"computedStyles": _STYLES})
    session.detach()
    return compose(_Snapshot(taken).lines())


@dataclass
class _Node:
    name: str
    parent: int
    attributes: dict[str, str]
    styles: dict[str, str] = field(default_factory=dict)
    is_marker: bool = False

    @property
    def is_cell(self) -> bool:
        """A text has its parent's display."""
        return self.name != "#text" and self.styles.get("display") == "table-cell"


@dataclass
class _Box:
    text: str
    node: int
    left: float
    top: float
    bottom: float


class _Snapshot:
    def __init__(self, taken: Any) -> None:
        self._strings: list[str] = taken["strings"]
        document = taken["documents"][0]
        self._nodes = self._read_nodes(document["nodes"])
        self._boxes = self._read_boxes(document["layout"], document["textBoxes"])

    def _read_nodes(self, nodes: Any) -> list[_Node]:
        made = []
        for name, parent, pairs in zip(
            nodes["nodeName"], nodes["parentIndex"], nodes["attributes"], strict=True
        ):
            words = [self._strings[index] for index in pairs]
            attributes = dict(zip(words[::2], words[1::2], strict=True))
            made.append(_Node(self._strings[name].lower(), parent, attributes))
        for index in nodes.get("pseudoType", {}).get("index", []):
            made[index].is_marker = True
        return made

    def _read_boxes(self, layout: Any, boxes: Any) -> list[_Box]:
        for index, values in zip(layout["nodeIndex"], layout["styles"], strict=True):
            if values and not self._nodes[index].styles:
                words = (self._strings[value] for value in values)
                self._nodes[index].styles = dict(zip(_STYLES, words, strict=True))
        made = []
        for place, (left, top, _, height), start, length in zip(
            boxes["layoutIndex"], boxes["bounds"], boxes["start"], boxes["length"], strict=True
        ):
            text = self._text(layout["text"][place], start, length)
            if text.strip("\n"):
                made.append(_Box(text, layout["nodeIndex"][place], left, top, top + height))
        return made

    def _text(self, index: int, start: int, length: int) -> str:
        """Offsets count UTF-16 units."""
        units = self._strings[index].encode("utf-16-le")
        return units[2 * start : 2 * (start + length)].decode("utf-16-le")

    def lines(self) -> list[Line]:
        """Lines in the order of the tree, and the rows of tables as one line each."""
        made: list[tuple[Line, int]] = []
        top = bottom = -1.0
        cell = -1
        for box in self._boxes:
            styles = self._nodes[box.node].styles
            if styles.get("visibility") == "hidden":
                continue
            here = self._cell(box.node)
            shared = min(bottom, box.bottom) - max(top, box.top)
            if here != cell or shared < 0.4 * (box.bottom - box.top):
                made.append((self._line(box), here))
                top, bottom = box.top, box.bottom
            else:
                top, bottom = min(top, box.top), max(bottom, box.bottom)
            cell = here
            self._add(made[-1][0], box)
        return self._rows(made)

    def _line(self, box: _Box) -> Line:
        above = self._above(box.node)
        headings = [node.name for node in above if node.name in {f"h{n}" for n in range(1, 7)}]
        quotes = sum(
            node.name == "blockquote" and "border: none" not in node.attributes.get("style", "")
            for node in above
        )
        return Line(box.left, quotes, int(headings[0][1]) if headings else 0)

    def _add(self, line: Line, box: _Box) -> None:
        if self._nodes[box.node].is_marker and not line.text:
            line.marker = (line.marker + box.text).strip()
            return
        if line.marker and not line.runs:
            line.marker = line.marker if line.marker[:-1].isalnum() else _sign(line.marker)
            line.left = box.left
        links = [node.attributes.get("href", "") for node in self._above(box.node)]
        link = next(filter(None, links), "")
        line.runs.append(Run(box.text, self._marks(box.node, line), link))

    def _marks(self, index: int, line: Line) -> frozenset[str]:
        above = self._above(index)
        own = next((node.styles for node in above if node.styles), {})
        lines = " ".join(node.styles.get("text-decoration-line", "") for node in above)
        aligned = {node.styles.get("vertical-align") for node in above}
        bold = own.get("font-weight", "400") >= "600" and not line.heading
        found = {
            "bold": bold and all(node.name != "th" for node in above),
            "italic": own.get("font-style") == "italic",
            "code": "monospace" in own.get("font-family", ""),
            "struck": "line-through" in lines,
            "underlined": "underline" in lines and all(node.name != "a" for node in above),
            "sup": "super" in aligned,
            "sub": "sub" in aligned,
        }
        return frozenset(name for name, holds in found.items() if holds)

    def _above(self, index: int) -> list[_Node]:
        """The node and all that it is in."""
        made = []
        while index >= 0:
            made.append(self._nodes[index])
            index = self._nodes[index].parent
        return made

    def _cell(self, index: int) -> int:
        while index >= 0 and not self._nodes[index].is_cell:
            index = self._nodes[index].parent
        return index

    def _rows(self, lines: list[tuple[Line, int]]) -> list[Line]:
        """A row of several cells is one line, with its empty cells."""
        made: list[Line] = []
        done = set()
        for line, cell in lines:
            row = self._nodes[cell].parent if cell >= 0 else -1
            cells = [
                index
                for index, node in enumerate(self._nodes)
                if row >= 0 and node.parent == row and node.is_cell
            ]
            if len(cells) < 2:
                made.append(line)
            elif row not in done:
                done.add(row)
                made.append(_row([[text for text, own in lines if own == c] for c in cells], line))
        return made


def _row(cells: list[list[Line]], first: Line) -> Line:
    texts = [compose(cell).replace("\n", " / ") for cell in cells]
    text = "| " + " | ".join(texts) + " |"
    return Line(first.left, first.quotes, runs=[Run(text.replace("|  |", "| |"))])


def _sign(marker: str) -> str:
    return marker if marker.startswith("[") else "-"
