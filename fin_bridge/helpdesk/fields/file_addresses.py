"""Signed addresses, at the bridge itself, under which Fin loads the helpdesk's stored files.

The storage's own address is never handed out: it may be relative, not https, or hold a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core import signing
from django.urls import reverse

from ...conf import conf
from ...records import Attachment

_SALT = "fin_bridge.attachments"


@dataclass(frozen=True, slots=True)
class StoredFile(Attachment):
    """A file in the helpdesk's own storage, which has it under `name`.

    `content_id` is the id, without `<>`, by which the text of a mail names a picture.
    """

    name: str
    content_id: str = ""


class Addresses:
    """Makes the addresses of one answer: their signer and their folder are made once for all."""

    def __init__(self) -> None:
        path = reverse("fin_bridge:attachment", args=["-", "-"]).removesuffix("-/-")
        self._folder = f"{conf.public_url}{path}"
        self._signer = signing.TimestampSigner(salt=_SALT)

    def of(self, place: str, key: Any, filename: str) -> str:
        """Return the https address of a stored file; it lasts `FIN_BRIDGE_ATTACHMENT_LIFETIME`.

        `place` is the column of the file, as `Files.place` names it, and `key` the row's key: both
        are still right when the description has changed. The place of a pasted picture is its
        text's `Body.place`, with `#` and its number among the pasted pictures of that text.
        """
        token = self._signer.sign(signing.b64_encode(f"{place}:{key}".encode()).decode())
        name = filename if filename.strip(".") else "file"  # else ".." would lead elsewhere
        return f"{self._folder}{token}/{quote(name)}"


def resolve(token: str) -> tuple[str, str]:
    """Return the place and the key that an address of ours was made of.

    Raises `BadSignature` for a token that is forged or has expired, `ValueError` for another one.
    """
    signer = signing.TimestampSigner(salt=_SALT)
    named = signer.unsign(token, max_age=conf.attachment_lifetime)
    place, _, key = signing.b64_decode(named.encode()).decode().partition(":")
    return place, key
