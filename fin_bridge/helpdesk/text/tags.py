"""Elements by what they are to a reader: blocks, parts of a line, nothing to read."""

from __future__ import annotations

from typing import Final

from .styles import Style
from .writer import Kind

UNREAD: Final = frozenset([
    "annotation", "annotation-xml", "area", "base", "col", "colgroup", "datalist", "defs",
    "desc", "head", "link", "meta", "metadata", "noembed", "noframes", "param", "rp", "script",
    "source", "style", "template", "title", "track", "xml",
])  # fmt: skip
INLINE: Final = frozenset([
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "button", "cite", "code", "data",
    "del", "dfn", "em", "font", "g", "i", "img", "input", "ins", "kbd", "label", "map", "mark",
    "math", "meter", "mfrac", "mi", "mn", "mo", "mrow", "ms", "msqrt", "msub", "msup", "mtable",
    "mtd", "mtext", "mtr", "nobr", "noscript", "optgroup", "option", "output", "path",
    "picture", "progress", "q", "rb", "rt", "rtc", "ruby", "s", "samp", "select", "semantics",
    "slot", "small", "span", "strike", "strong", "sub", "sup", "svg", "text", "time", "tspan",
    "tt", "u", "var", "wbr",
])  # fmt: skip
APART: Final = frozenset({"button", "mtd", "optgroup", "option", "select"})
HEADINGS: Final[dict[str, Kind]] = {
    "h1": "h1",
    **dict.fromkeys(["h2", "h3", "h4", "h5", "h6"], "h2"),
}
CODE: Final = frozenset({"listing", "pre", "textarea"})


def is_block(tag: str, style: Style) -> bool:
    """Return whether an element is on lines of its own."""
    if style.is_inline:
        return False
    is_inline = tag in INLINE or ":" in tag
    return not is_inline or style.is_block
