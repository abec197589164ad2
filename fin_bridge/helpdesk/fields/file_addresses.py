"""Our own addresses for the helpdesk's files, whatever storage they are in: signed and expiring.

The storage's own address is never handed out: it may be relative, not https, or hold a secret.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes

from ...conf import conf

_SALT = "fin_bridge.attachments"
_QUOTED = re.compile(r"[A-Za-z0-9_.~/-]+")
"""Names that `quote` leaves as they are, as most are."""


class _Signer(signing.TimestampSigner):
    """Signs many values at one moment: what their signatures have in common is made once."""

    def __init__(self) -> None:
        super().__init__(salt=_SALT)
        self._now = super().timestamp()
        self._begun = salted_hmac(f"{_SALT}signer", b"", self.key, algorithm=self.algorithm)

    def timestamp(self) -> str:
        return self._now

    def signature(self, value: str | bytes, key: Any = None) -> str:
        begun = self._begun.copy()
        begun.update(force_bytes(value))
        return signing.b64_encode(begun.digest()).decode()


class Addresses:
    """Makes the addresses of one answer: what they have in common is looked up once."""

    def __init__(self) -> None:
        path = reverse("fin_bridge:attachment", args=["-", "-"]).removesuffix("-/-")
        self._folder = f"{conf.public_url}{path}"
        self._sign = _Signer().sign

    def of(self, place: str, key: Any, filename: str) -> str:
        """Return the https address of a stored file; it lasts `FIN_BRIDGE_ATTACHMENT_LIFETIME`.

        `place` is the column of the file, as `Files.place` names it, and `key` the row's key: both
        are still right when the description has changed.
        """
        token = self._sign(signing.b64_encode(f"{place}:{key}".encode()).decode())
        name = filename if filename.strip(".") else "file"  # else ".." would lead elsewhere
        return f"{self._folder}{token}/{name if _QUOTED.fullmatch(name) else quote(name)}"


def resolve(token: str) -> tuple[str, str]:
    """Return the place and the key that an address of ours was made of.

    Raises `BadSignature` for a token that is forged or has expired, `ValueError` for another one.
    """
    signer = signing.TimestampSigner(salt=_SALT)
    named = signer.unsign(token, max_age=conf.attachment_lifetime)
    place, _, key = signing.b64_decode(named.encode()).decode().partition(":")
    return place, key
