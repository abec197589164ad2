"""Pictures, and what a text shows of other pages: frames, video, audio."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final

from .numbering import number
from .sanitising import picture_address
from .styles import style_of
from .tree import Node

TAGS: Final = frozenset({"audio", "embed", "iframe", "object", "oembed", "video"})
_ADDRESSES: Final = ("src", "url", "data", "data-src")
_OF_A_DOT: Final = 2
"""Pixels; a picture no larger counts who reads, and shows nothing."""

Resolve = Callable[[str], str | None]
"""It returns the https address of a picture, by the address that it has in the text."""


def address_of(node: Node) -> str:
    """Return the address that a frame, a video or the like shows; "" where it has none."""
    return next((node.get(name) for name in _ADDRESSES if node.get(name)), "")


class Pictures:
    """Pictures as Fin shows them: by an address that it can load, else by their name."""

    def __init__(self, base: str, resolve: Resolve | None) -> None:
        self.base = base
        self.resolve = resolve

    def shown(self, node: Node) -> tuple[str, str]:
        """Return a picture's HTML, or "" and the text that names it, or "" twice."""
        if _is_dot(node):
            return "", ""
        address = self._address(node.get("src").strip())
        name = (node.get("alt") or node.get("title")).strip()
        if address:
            alt = f' alt="{escape(name)}"' if name else ""
            return f'<img src="{escape(address)}"{alt}>', ""
        return "", "" if _is_decorative(node) else f"[{name or 'image'}]"

    def _address(self, source: str) -> str:
        resolved = self.resolve(source) if self.resolve and source else None
        return picture_address(source if resolved is None else resolved, self.base)


def _is_dot(node: Node) -> bool:
    sides = [number(node.get(name)) for name in ("width", "height")]
    if None not in sides:
        return all(side is not None and side <= _OF_A_DOT for side in sides)
    return style_of(node).is_without_side


def _is_decorative(node: Node) -> bool:
    return node.attributes.get("alt", "-") == "" or (
        node.get("role").lower() in {"presentation", "none"} or node.get("aria-hidden") == "true"
    )
