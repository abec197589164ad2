"""Fin's tags and nothing that executes; addresses that lead somewhere for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin, urlsplit

import nh3

TAGS: Final = frozenset({"p", "h1", "h2", "b", "i", "a", "img", "br", "code", "ul", "ol", "li"})
"""The tags that Fin writes and shows (contract, section 2)."""

_OF_NO_HOST: Final = frozenset({"mailto", "tel"})
_OF_HOSTS: Final = frozenset({"http", "https"})
_LONGEST: Final = 8192
_IGNORED: Final = re.compile(r"[\t\n\r]|^[\x00-\x20]+|[\x00-\x20]+$")
"""What a browser leaves out of an address before it follows it."""

_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def link_address(address: str, base: str = "") -> str:
    """Return the address of a link, completed with `base`; "" where it leads nowhere outside."""
    address = _IGNORED.sub("", address)
    if not address or address.startswith("#") or len(address) > _LONGEST:
        return ""
    scheme = _SCHEME.match(address)
    if scheme and scheme[0][:-1].lower() in _OF_NO_HOST:
        return address
    try:
        return _of_host(_completed(address, base) if scheme is None else address)
    except ValueError:  # of brackets or a port that are none, in the address or in `base`
        return ""


def picture_address(address: str, base: str = "") -> str:
    """Return the address of a picture, completed with `base`; "" where it cannot be loaded."""
    found = link_address(address, base)
    return found if found.lower().startswith(("http:", "https:")) else ""


def _completed(address: str, base: str) -> str:
    if address.startswith("//"):
        return f"https:{address}"
    return urljoin(f"{base.rstrip('/')}/", address) if base else ""


def _of_host(address: str) -> str:
    parts = urlsplit(address)
    is_sound = parts.scheme in _OF_HOSTS and bool(parts.hostname) and "\\" not in address
    _ = parts.port  # raises for one that is no number
    return address if is_sound and "@" not in parts.netloc else ""


_ADDRESSES: Final = {("a", "href"): link_address, ("img", "src"): picture_address}


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
