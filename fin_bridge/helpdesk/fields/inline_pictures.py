"""Pictures that a text has no address for: pasted into it, or named as a part of its mail.

They are given an address before the text is read, so no parser meets the data of a picture.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence
from html import escape, unescape
from itertools import count, islice
from typing import Any, Final
from urllib.parse import unquote

from ...records import Attachment
from .file_addresses import Addresses

_LARGEST: Final = 16 * 2**20  # characters of a pasted picture in base64

_IMG: Final = r"""(?i:<img\b[^<>]*?\ssrc\s*+=\s*+)(?P<quote>["'])?\s*+"""
_MARKDOWN: Final = r"!\[[^\[\]]*+\]\(\s*+<?"
_SOURCE: Final = rf"""
    (?P<source>
        data:image/ (?:png|jpe?g|gif|webp) (?:;[^;,"'<>()\s]{{1,200}})? ;base64,
        (?P<data>
            (?: iVBORw0KGg[o-r] | /9j/ | R0lGOD[dl]h | UklGR[a-zA-Z0-9+/]{{6}}XRUJQ )
            [a-zA-Z0-9+/\t\r\n]{{0,{_LARGEST}}}+ ={{0,2}}
        )
        | cid: (?P<cid>[^"'<>()\s]{{1,998}}+)
    )
    (?(quote) (?=\s*+(?P=quote)) | (?=[\s>)]) )
"""
"""The data of a picture begins with the first bytes that PNG, JPEG, GIF or WebP have."""

IN_HTML: Final = re.compile(f"(?P<before>{_IMG}){_SOURCE}", re.VERBOSE)
IN_MARKDOWN: Final = re.compile(f"(?P<before>{_IMG}|{_MARKDOWN}){_SOURCE}", re.VERBOSE)

_TYPES: Final = {"iVBO": "png", "/9j/": "jpeg", "R0lG": "gif", "UklG": "webp"}


def may_be_in(stored: Any) -> bool:
    """Return quickly whether a stored text may have such pictures."""
    return isinstance(stored, str) and ("cid:" in stored or "data:image/" in stored)


def addressed(
    stored: str,
    pattern: re.Pattern[str],
    place: str,
    key: Any,
    attachments: Sequence[Attachment],
) -> str:
    """Return a stored text in which the pictures that can be served have a signed address.

    `place` and `key` say where the text stands, and `attachments` are the files of its message.
    """
    numbers, addresses = count(1), Addresses()

    def with_address(found: re.Match[str]) -> str:
        if found["data"]:
            number = next(numbers)
            filename = f"picture-{number}.{_TYPES[found['data'][:4]]}"
            address = addresses.of(f"{place}#{number}", key, filename)
        else:
            address = _address_of(unquote(unescape(found["cid"])), attachments)
        return f"{found['before']}{escape(address) or found['source']}"

    return pattern.sub(with_address, stored)


def _address_of(content_id: str, attachments: Sequence[Attachment]) -> str:
    """Return the address of the attachment that a content id names; "" where there is none."""
    for file in attachments:
        if getattr(file, "content_id", "") == content_id:
            return file.url
    filename = content_id.partition("@")[0]
    return next((file.url for file in attachments if file.filename == filename), "")


def pasted(stored: str, pattern: re.Pattern[str], number: int) -> tuple[bytes, str]:
    """Return a pasted picture of a text and its media type; the first one has the number 1.

    Raises `LookupError` where there is no such picture, `ValueError` where it is no base64.
    """
    pictures = (found["data"] for found in pattern.finditer(stored) if found["data"])
    data = next(islice(pictures, number - 1, None), None)
    if data is None:
        raise LookupError(number)
    return b64decode(f"{data}=="), f"image/{_TYPES[data[:4]]}"
