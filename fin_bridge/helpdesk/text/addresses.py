"""Addresses of links and pictures: those that lead somewhere for everybody who reads them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

_OF_NO_HOST: Final = frozenset({"mailto", "tel"})
_OF_HOSTS: Final = frozenset({"http", "https"})
_LONGEST: Final = 8192
_IGNORED: Final = re.compile(r"[\t\n\r]|^[\x00-\x20]+|[\x00-\x20]+$")
"""What a browser leaves out of an address before it follows it."""

_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def of_link(address: str, base: str = "") -> str:
    """Return the address of a link, completed with `base`; "" where it leads nowhere outside."""
    address = _IGNORED.sub("", address)
    if not address or address.startswith("#") or len(address) > _LONGEST:
        return ""
    scheme = _SCHEME.match(address)
    if scheme and scheme[0][:-1].lower() in _OF_NO_HOST:
        return address
    return _of_host(_completed(address, base) if scheme is None else address)


def of_picture(address: str, base: str = "") -> str:
    """Return the address of a picture, completed with `base`; "" where it cannot be loaded."""
    found = of_link(address, base)
    return found if found.lower().startswith(("http:", "https:")) else ""


def _completed(address: str, base: str) -> str:
    if address.startswith("//"):
        return f"https:{address}"
    return urljoin(f"{base.rstrip('/')}/", address) if base else ""


def _of_host(address: str) -> str:
    try:
        parts = urlsplit(address)
        is_sound = parts.scheme in _OF_HOSTS and bool(parts.hostname) and "\\" not in address
        _ = parts.port  # raises for one that is no number
    except ValueError:
        return ""
    return address if is_sound and "@" not in parts.netloc else ""
