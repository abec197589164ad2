"""Fin's tags and nothing that executes; no address that leads into the helpdesk itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import nh3

from . import addresses

TAGS: Final = frozenset({"p", "h1", "h2", "b", "i", "a", "img", "br", "code", "ul", "ol", "li"})
"""The tags that Fin writes and shows (contract, section 2)."""

_ADDRESSES: Final = {("a", "href"): addresses.of_link, ("img", "src"): addresses.of_picture}


def _kept(tag: str, name: str, value: str) -> str | None:
    """Return an attribute as it is kept; an address that is not kept takes it away."""
    of_address = _ADDRESSES.get((tag, name))
    return value if of_address is None else of_address(value) or None


_ATTRIBUTES: Final = {"a": {"href"}, "img": {"src", "alt"}, "*": set[str]()}
_OF_FIN: Final = {**_ATTRIBUTES, "ol": {"start"}}
"""A list goes on in the next message where a helpdesk's column is short."""


def _cleaner(
    attributes: dict[str, set[str]],
    attribute_filter: Callable[[str, str, str], str | None] | None = None,
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        attributes=attributes,
        attribute_filter=attribute_filter,
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative="deny",
        link_rel=None,
    )


_CLEANER: Final = _cleaner(_ATTRIBUTES)
_CLEANER_OF_ADDRESSES: Final = _cleaner(_OF_FIN, _kept)


def sanitised(markup: str) -> str:
    """Return a portion of markup with Fin's tags alone; its addresses are known to be sound."""
    return _CLEANER.clean(markup)


def sanitised_with_addresses(markup: str) -> str:
    """Return a portion of anybody's markup with Fin's tags and sound addresses alone."""
    return _CLEANER_OF_ADDRESSES.clean(markup)
