"""Addresses of ours for the helpdesk's files, whatever storage they are in: signed and expiring.

The storage's own address is never handed out: it may be relative, not https, or hold a secret.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.db.models.fields.files import FieldFile
from django.urls import get_script_prefix, get_urlconf, reverse

from ..conf import conf
from ..exceptions import NotFoundError

if TYPE_CHECKING:
    from .desk import Helpdesk
    from .files import Files

_SALT = "fin_bridge.attachments"


def address(place: str, row: Any, filename: str) -> str:
    """The https address of a stored file; it works for `FIN_BRIDGE_ATTACHMENT_LIFETIME`.

    It names the file's place in the helpdesk, since a description may change meanwhile.
    """
    named = signing.b64_encode(f"{place}:{row.pk}".encode()).decode()
    token = _signer(conf.secret_key).sign(named)
    folder = _folder(get_urlconf() or conf.raw("ROOT_URLCONF"), get_script_prefix())
    return f"{conf.public_url}{folder}{token}/{quote(filename or 'file')}"


# Neither is made anew for each file: that would take longer than all the rest of a message.


@lru_cache(maxsize=8)
def _signer(key: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(key=key, salt=_SALT)


@lru_cache(maxsize=8)
def _folder(urlconf: Any, script_prefix: str) -> str:
    """What all their paths begin with."""
    return reverse("fin_bridge:attachment", args=["-", "-"], urlconf=urlconf).removesuffix("-/-")


def open_file(desk: Helpdesk, token: str) -> tuple[FieldFile, str]:
    """The stored file of an address and its media type.

    Raises `NotFoundError` for an address that is forged, has expired, or whose file is gone.
    """
    try:
        signer = signing.TimestampSigner(salt=_SALT)
        named = signer.unsign(token, max_age=conf.attachment_lifetime)
        place, _, key = signing.b64_decode(named.encode()).decode().partition(":")
        files = _files(desk, place)
        row = files.model._base_manager.get(pk=key)
        stored: FieldFile = getattr(row, files.file)
        stored.open()
    except (signing.BadSignature, LookupError, OSError, ValueError, ObjectDoesNotExist) as error:
        raise NotFoundError("There is no such file.") from error
    return stored, files.attachment(row).filetype


def _files(desk: Helpdesk, place: str) -> Files:
    """The descriptor of the files there."""
    for part in desk.parts:
        files = part.fields.get("attachments")
        if getattr(files, "place", None) == place:
            return cast("Files", files)
    raise LookupError(place)
