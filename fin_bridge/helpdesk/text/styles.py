"""Styles of elements, as far as they change what is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from .tree import Node

_LONGEST: Final = 4096
_DECLARATION: Final = re.compile(r"([a-z-]+)\s*:\s*([^;]*)")
_BOLD: Final = re.compile(r"\b(?:bold|bolder|[6-9]00)\b")
_NOT_BOLD: Final = re.compile(r"\b(?:normal|lighter|[1-5]00)\b")
_NOTHING: Final = re.compile(r"0(?:\.0+)?(?:px|pt|em|rem|%)?(?:\s*!important)?\s*")
_FAR: Final = re.compile(r"-\s*\d{4,}(?:px|pt|em)")


@lru_cache(1024)
def _declarations(style: str) -> Mapping[str, str]:
    return dict(_DECLARATION.findall(style[:_LONGEST].lower()))


def declarations(node: Node) -> Mapping[str, str]:
    """Return the values of the element's own style by their names, all in lower case."""
    style = node.attributes.get("style")
    return _declarations(style) if style else {}


def is_hidden(node: Node, style: Mapping[str, str]) -> bool:
    """Return whether a browser shows nothing of the element."""
    if "hidden" in node.attributes:
        return True
    return bool(style) and (
        style.get("display", "").startswith("none")
        or style.get("visibility", "").startswith(("hidden", "collapse"))
        or style.get("mso-hide", "").startswith("all")
        or is_nothing(style.get("opacity"))
        or _is_clipped(style)
    )


def is_nothing(length: str | None) -> bool:
    """Return whether a length is zero; None is none."""
    return bool(length) and _NOTHING.fullmatch(length or "") is not None


def _is_clipped(style: Mapping[str, str]) -> bool:
    if style.get("overflow", "").startswith("hidden"):
        return any(is_nothing(style.get(name)) for name in ("height", "max-height", "max-width"))
    return any(_FAR.match(style.get(name, "")) for name in ("left", "top", "text-indent"))


def weight(style: Mapping[str, str]) -> bool | None:
    """Return whether a style says bold; None where it does not say."""
    return _said(style.get("font-weight") or style.get("font"), _BOLD, _NOT_BOLD)


def slant(style: Mapping[str, str]) -> bool | None:
    """Return whether a style says italic; None where it does not say."""
    return _said(style.get("font-style") or style.get("font"), _ITALIC, _UPRIGHT)


_ITALIC: Final = re.compile(r"\b(?:italic|oblique)\b")
_UPRIGHT: Final = re.compile(r"\bnormal\b")


def _said(value: str | None, yes: re.Pattern[str], no: re.Pattern[str]) -> bool | None:
    if not value:
        return None
    return True if yes.search(value) else False if no.search(value) else None


def decoration(style: Mapping[str, str]) -> str:
    """Return the lines through and under a text, as a style says them."""
    return f"{style.get('text-decoration', '')} {style.get('text-decoration-line', '')}"


def is_preformatted(style: Mapping[str, str]) -> bool | None:
    """Return whether lines and spaces are kept; None where a style does not say."""
    value = style.get("white-space")
    if value is None:
        return None
    return value.startswith(("pre", "break-spaces"))
