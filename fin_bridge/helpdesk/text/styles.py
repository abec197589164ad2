"""Elements and their styles, as far as they change what is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from .tree import Node

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

_LONGEST: Final = 4096
_DECLARATION: Final = re.compile(r"([a-z-]+)\s*:\s*([^;]*)")
_BOLD: Final = re.compile(r"\b(?:bold|bolder|[6-9]00)\b")
_NOT_BOLD: Final = re.compile(r"\b(?:normal|lighter|[1-5]00)\b")
_ITALIC: Final = re.compile(r"\b(?:italic|oblique)\b")
_UPRIGHT: Final = re.compile(r"\bnormal\b")
_NOTHING: Final = re.compile(r"0(?:\.0+)?(?:px|pt|em|rem|%)?(?:\s*!important)?\s*")
_FAR: Final = re.compile(r"-\s*\d{4,}(?:px|pt|em)")
_RAISED: Final = {"super": "sup", "sub": "sub"}
_BLOCK: Final = ("block", "flex", "grid", "list")


class Style:
    """A style is what an element says of its own looks; None is what it does not speak of."""

    def __init__(self, said: Mapping[str, str]) -> None:
        get = said.get
        display = get("display", "")
        self.is_inline = display.startswith("inline")
        self.is_block = display.startswith(_BLOCK)
        self.is_hidden = (
            display.startswith("none")
            or get("visibility", "").startswith(("hidden", "collapse"))
            or get("mso-hide", "").startswith("all")
            or is_nothing(get("opacity"))
            or _is_clipped(said)
        )
        self.is_bold = _said(get("font-weight") or get("font"), _BOLD, _NOT_BOLD)
        self.is_italic = _said(get("font-style") or get("font"), _ITALIC, _UPRIGHT)
        lines = f"{get('text-decoration', '')} {get('text-decoration-line', '')}"
        self.is_struck = "line-through" in lines
        self.is_underlined = "underline" in lines
        self.raised = _RAISED.get(get("vertical-align", "").strip(), "")
        """Whether it is above or below the line: `sup`, `sub` or ""."""
        spaces = get("white-space")
        self.keeps_spaces = None if spaces is None else spaces.startswith(("pre", "break-spaces"))
        size = get("font-size")
        self.is_of_no_size = None if size is None else is_nothing(size)
        self.is_without_side = is_nothing(get("width")) or is_nothing(get("height"))
        self.word_list = get("mso-list", "").strip()
        self.list_style = get("list-style-type") or get("list-style", "")
        looks = (self.is_bold, self.is_italic, self.keeps_spaces, self.is_of_no_size)
        self.changes_look = True in looks or bool(
            self.is_struck or self.is_underlined or self.raised
        )
        self.resets_look = False in looks
        """Whether it matters within an element that looks otherwise."""
        self.says_nothing = not (
            self.changes_look
            or self.resets_look
            or self.is_hidden
            or self.is_inline
            or self.is_block
            or self.word_list
            or self.list_style
        )


def is_nothing(length: str | None) -> bool:
    """Return whether a length is zero; None is none."""
    return bool(length) and _NOTHING.fullmatch(length or "") is not None


def _is_clipped(said: Mapping[str, str]) -> bool:
    if said.get("overflow", "").startswith("hidden"):
        return any(is_nothing(said.get(name)) for name in ("height", "max-height", "max-width"))
    return any(_FAR.match(said.get(name, "")) for name in ("left", "top", "text-indent"))


def _said(value: str | None, yes: re.Pattern[str], no: re.Pattern[str]) -> bool | None:
    if not value:
        return None
    return True if yes.search(value) else False if no.search(value) else None


@lru_cache(1024)
def _parsed(style: str) -> Style:
    return Style(dict(_DECLARATION.findall(style.lower())))


NONE: Final = Style({})
"""The style of an element that has none."""


def style_of(node: Node) -> Style:
    """Return what the element's own style says."""
    style = node.attributes.get("style") if node.attributes else None
    return _parsed(style[:_LONGEST]) if style else NONE


def says_nothing(style: str) -> bool:
    """Return whether a style changes nothing of what is read, whatever it stands in."""
    return _parsed(style[:_LONGEST]).says_nothing


def is_block(tag: str, style: Style) -> bool:
    """Return whether an element is on lines of its own."""
    if style.is_inline:
        return False
    is_inline = tag in INLINE or ":" in tag
    return not is_inline or style.is_block
