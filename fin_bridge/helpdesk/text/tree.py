"""The tree of a text's elements, as a browser would build it, in portions of bounded size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from .nesting import MOST, PREFIX, VOID, bounded
from .portions import DATA, picture, portions

_LEVELS: Final = 2 * MOST
"""Levels that are open across a border; a table's rows and cells are levels, too."""

_TOKEN: Final = re.compile(
    r"""<!--.*?-->|<(/?)([^\s>!][^\s>]*)((?:\s[^\s>]+?="[^"]*")*)>|([^<]+)""", re.DOTALL
)
_ATTRIBUTE: Final = re.compile(r'\s([^\s>]+?)="([^"]*)"')
_RAW: Final = re.compile(
    r"<(iframe|noembed|noframes|plaintext|script|style|xmp)((?:\s[^>]*)?)>(.*?)</\1>", re.DOTALL
)
"""Elements whose content is written without escapes."""

_BORDER: Final = "fin-bridge-border"
_BORDER_TAG: Final = f'<script id="{_BORDER}"></script>'
"""It ends a portion: what it stands in is open there. No table or choice moves a script."""


class Node:
    """An element: its tag, its attributes, and what it holds, each a `Node` or a `str`."""

    __slots__ = ("attributes", "children", "tag")

    def __init__(self, tag: str, attributes: dict[str, str | None] | None = None) -> None:
        self.tag = tag
        self.attributes: dict[str, str | None] = {} if attributes is None else attributes
        self.children: list[Node | str] = []

    def __iter__(self) -> Iterator[Node | str]:
        return iter(self.children)

    def get(self, name: str) -> str:
        """Return an attribute; "" where there is none."""
        return self.attributes.get(name) or ""


Event = Node | str | None


def parse(markup: str) -> Node:
    """Return the `body` that holds all of the markup; entities are characters in it."""
    body = Node("body")
    stack = [body]
    for event in events(markup):
        if event is None:
            stack.pop()
        else:
            stack[-1].children.append(event)
            if not isinstance(event, str):
                stack.append(event)
    return body


def events(markup: str) -> Iterator[Event]:
    """Yield a `Node` without children where an element begins, None where it ends, and texts.

    No call goes deeper than the one before, however deeply the markup is nested.
    """
    opened: list[Node] = []
    for portion, is_last in portions(markup):
        for _ in opened[_LEVELS:]:
            yield None
        reader = _Portion(markup, opened[:_LEVELS])
        found, opened = reader.read(portion + ("" if is_last else _BORDER_TAG))
        yield from found
    for _ in opened:
        yield None


class _Portion:
    """A portion begins with what the one before it has left open.

    The parser writes its tree down in a regular form, which is read much faster than the tree.
    """

    def __init__(self, markup: str, opened: list[Node]) -> None:
        self.markup = markup
        self.left_open = opened

    def read(self, portion: str) -> tuple[list[Event], list[Node]]:
        """Return the events, and the elements that are open at the portion's end."""
        tokens = _TOKEN.findall(self._parsed(portion))
        nodes = self._resumed(tokens)
        found: list[Event] = [None] * (len(self.left_open) - len(nodes))
        for closing, tag, attributes, text in tokens[len(nodes) :]:
            if text:
                found.append(unescape(text) if "&" in text else text)
            elif tag == _BORDER:
                break
            elif not closing and tag:
                node = self._node(tag, attributes)
                found.append(node)
                nodes.append(node)
            # Within drawings a tag such as `input` has an end; it holds nothing all the same.
            if tag and bool(closing) != (tag in VOID):
                nodes.pop()
                found.append(None)
        return found, nodes

    def _resumed(self, tokens: list[tuple[str, str, str, str]]) -> list[Node]:
        """Return the elements that go on from the portion before, the outermost first."""
        found: list[Node] = []
        for node, (closing, tag, _, _) in zip(self.left_open, tokens, strict=False):
            if closing or tag.removeprefix(PREFIX) != node.tag:
                break
            found.append(node)
        return found

    def _parsed(self, portion: str) -> str:
        tags = "".join(f"<{node.tag}>" for node in self.left_open)
        if tags.endswith("<pre>"):
            tags += "\n"  # a parser leaves out the newline that a `pre` begins with
        body = LexborHTMLParser(bounded(f"<body>{tags}{portion}")).body
        written = "" if body is None else body.html or ""
        return _RAW.sub(_without_content, written[written.find(">") + 1 : -len("</body>")])

    def _node(self, tag: str, attributes: str) -> Node:
        tag = tag.removeprefix(PREFIX)
        if not attributes:
            return Node(tag)
        found: dict[str, str | None] = {
            name: unescape(value) if "&" in value else value
            for name, value in _ATTRIBUTE.findall(attributes)
        }
        if DATA in attributes:
            found["src"] = picture(self.markup, found.get("src") or "")
        return Node(tag, found)


def _without_content(found: re.Match[str]) -> str:
    if _BORDER in found[0]:
        return f"<{_BORDER}>"
    if found[1] in {"xmp", "plaintext"}:
        return f"<pre>{escape(found[3], quote=False)}</pre>"
    return f"<{found[1]}{found[2]}></{found[1]}>"
