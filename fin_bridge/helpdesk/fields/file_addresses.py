"""Signed addresses, at the bridge itself, under which Fin loads the helpdesk's stored files.

The storage's own address is never handed out: it may be relative, not https, or hold a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.db.models.fields.files import FieldFile
from django.urls import reverse

from ...conf import conf
from ...database.orm import rows_of
from ...exceptions import NotFoundError

if TYPE_CHECKING:
    from ..parts.helpdesk import Helpdesk
    from .files import Files

_SALT = "fin_bridge.attachments"


class Addresses:
    """Makes the addresses of one answer: their signer and their folder are made once for all."""

    def __init__(self) -> None:
        path = reverse("fin_bridge:attachment", args=["-", "-"]).removesuffix("-/-")
        self._folder = f"{conf.public_url}{path}"
        self._signer = signing.TimestampSigner(salt=_SALT)

    def of(self, place: str, key: Any, filename: str) -> str:
        """Return the https address of the file that the row `key` of `place` holds.

        It works for `FIN_BRIDGE_ATTACHMENT_LIFETIME`. It names the file's place in the helpdesk
        and not a descriptor, since the description may change while the address is in use.
        """
        token = self._signer.sign(signing.b64_encode(f"{place}:{key}".encode()).decode())
        name = filename if filename.strip(".") else "file"  # else ".." would lead elsewhere
        return f"{self._folder}{token}/{quote(name)}"


def open_file(desk: Helpdesk, token: str) -> tuple[FieldFile, str]:
    """Return the stored file of an address, opened, and its media type.

    Raise `NotFoundError` for an address that is forged or has expired, or whose file is gone.
    """
    try:
        signer = signing.TimestampSigner(salt=_SALT)
        encoded = signer.unsign(token, max_age=conf.attachment_lifetime)
        place, _, key = signing.b64_decode(encoded.encode()).decode().partition(":")
        files = _files(desk, place)
        row = rows_of(files.model).get(pk=key)
        stored: FieldFile = getattr(row, files.file)
        stored.open()
    except (signing.BadSignature, LookupError, OSError, ValueError, ObjectDoesNotExist) as error:
        raise NotFoundError("There is no such file.") from error
    return stored, files.described(row)[1]


def _files(desk: Helpdesk, place: str) -> Files:
    for part in desk.parts:
        files = part.fields.get("attachments")
        if getattr(files, "place", None) == place:
            return cast("Files", files)
    raise LookupError(place)
