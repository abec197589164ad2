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

_BORDER: Final = ' id="fin-bridge-border"'
_BORDER_TAG: Final = f"<template{_BORDER}></template>"
"""It ends a portion: what it stands in is open there. No table or choice moves a template."""

_TOKEN: Final = re.compile(r"<!--.*?-->|<(/?)([^\s>!][^\s>]*)([^>]*)>|([^<]+)", re.DOTALL)
"""What the parser writes; in the values of attributes it writes `>` as an entity."""

_ATTRIBUTE: Final = re.compile(r'\s([^\s>]+?)="([^"]*)"')
_RAW: Final = re.compile(
    r"<(iframe|noembed|noframes|plaintext|script|style|xmp)(\s[^>]*)?>(.*?)</\1>|<[^>]*>",
    re.DOTALL,
)
"""Elements whose content is written without escapes, and tags, which may be named like them."""

_BEGUN: Final = re.compile(r"<pre[^<>]*>\Z", re.IGNORECASE)
_MAYBE_RAW: Final = re.compile(r"<(?:iframe|noembed|noframes|plaintext|script|style|xmp)[\s>]")


class Node:
    """An element: its tag and its attributes."""

    __slots__ = ("attributes", "tag")

    def __init__(self, tag: str, attributes: dict[str, str | None] | None = None) -> None:
        self.tag = tag
        self.attributes: dict[str, str | None] = {} if attributes is None else attributes

    def get(self, name: str) -> str:
        """Return an attribute; "" where there is none."""
        return self.attributes.get(name) or ""


Event = Node | str | None
_Token = tuple[str, str, str, str]
"""Whether it closes, a tag, its attributes; or a text."""


def events(markup: str) -> Iterator[Event]:
    """Yield a `Node` where an element begins, None where it ends, and texts.

    No call goes deeper than the one before, however deeply the markup is nested.
    """
    opened: list[Node] = []
    before = ""
    for portion, is_last in portions(markup):
        for _ in opened[_LEVELS:]:
            yield None
        reader = _Portion(markup, opened[:_LEVELS], before)
        before = portion
        found, opened = reader.read(portion, is_last=is_last)
        yield from found
    for _ in opened:
        yield None


class _Portion:
    """A portion begins with what the one before it has left open.

    The parser writes its tree down in a regular form, which is read much faster than the tree.
    """

    def __init__(self, markup: str, opened: list[Node], before: str) -> None:
        self.markup = markup
        self.left_open = opened
        self.before = before

    def read(self, portion: str, *, is_last: bool) -> tuple[list[Event], list[Node]]:
        """Return the events, and the elements that are open at the portion's end."""
        if is_last:
            tokens = _TOKEN.findall(self._parsed(portion))
        else:
            tokens = _before_border(_TOKEN.findall(self._parsed(f"{portion}{_BORDER_TAG}")))
        nodes = self._resumed(tokens)
        found: list[Event] = [None] * (len(self.left_open) - len(nodes))
        for closing, tag, attributes, text in tokens[len(nodes) :]:
            if text:
                found.append(unescape(text) if "&" in text else text)
            elif not closing and tag:
                node = self._node(tag, attributes)
                found.append(node)
                nodes.append(node)
            # Within drawings a tag such as `input` has an end; it holds nothing all the same.
            if tag and bool(closing) != (tag in VOID):
                nodes.pop()
                found.append(None)
        return found, nodes

    def _resumed(self, tokens: list[_Token]) -> list[Node]:
        """Return the elements that go on from the portion before, the outermost first."""
        found: list[Node] = []
        for node, (closing, tag, _, _) in zip(self.left_open, tokens, strict=False):
            if closing or tag.removeprefix(PREFIX) != node.tag:
                break
            found.append(node)
        return found

    def _parsed(self, portion: str) -> str:
        tags = "".join(f"<{node.tag}>" for node in self.left_open)
        if tags.endswith("<pre>") and not _BEGUN.search(self.before):
            tags += "\n"  # a parser leaves out the newline that a `pre` begins with
        body = LexborHTMLParser(bounded(f"<body>{tags}{portion}")).body
        written = "" if body is None else body.html or ""
        written = written[written.find(">") + 1 : -len("</body>")]
        return _RAW.sub(_without_content, written) if _MAYBE_RAW.search(written) else written

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


def _before_border(tokens: list[_Token]) -> list[_Token]:
    """Return those before the last border; nobody's text has one that comes after ours."""
    for position in range(len(tokens) - 1, -1, -1):
        if tokens[position][2] == _BORDER:
            return tokens[:position]
    return tokens


def _without_content(found: re.Match[str]) -> str:
    tag = found[1]
    if tag is None:
        return found[0]
    if tag in {"xmp", "plaintext"}:
        return f"<pre>{escape(found[3], quote=False)}</pre>"
    return f"<{tag}{found[2] or ''}></{tag}>"
