"""The tree of a text's elements, as a browser would build it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser

_TEXT: Final = "-text"
"""The parser's name for a run of text; those of comments and the like begin with `-`, too."""


class Node:
    """An element: its tag, its attributes, and what it holds, each a `Node` or a `str`."""

    __slots__ = ("attributes", "children", "tag")

    def __init__(self, tag: str, attributes: dict[str, str | None] | None = None) -> None:
        self.tag = tag
        self.attributes: dict[str, str | None] = {} if attributes is None else attributes
        self.children: list[Node | str] = []

    def __iter__(self) -> Iterator[Node | str]:
        return iter(self.children)

    def __repr__(self) -> str:
        return f"<{self.tag} {self.attributes} {self.children}>"


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


def events(markup: str) -> Iterator[Node | str | None]:
    """Yield a `Node` without children where an element begins, None where it ends, and texts.

    No call goes deeper than the one before, however deeply the markup is nested.
    """
    body = LexborHTMLParser(f"<body>{markup}").body
    if body is None:  # pragma: no cover (the parser's types allow it; its input begins with one)
        return
    path = [body.mem_id]
    for found in body.traverse(include_text=True):
        if found.mem_id == path[0]:
            continue
        parent = found.parent
        while parent is not None and path[-1] != parent.mem_id:
            path.pop()
            yield None
        tag = found.tag
        if tag == _TEXT:
            yield found.text_content or ""
        elif tag is not None and tag[0].isalpha():
            path.append(found.mem_id)
            yield Node(tag, found.attributes)
    for _ in path[1:]:
        yield None
