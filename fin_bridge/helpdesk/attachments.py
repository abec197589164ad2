"""Addresses of ours for the helpdesk's files, whatever storage they are in: signed and expiring.

The storage's own address is never handed out: it may be relative, not https, or hold a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.db.models.fields.files import FieldFile
from django.urls import reverse

from ..conf import conf
from ..exceptions import NotFoundError
from .files import Files

if TYPE_CHECKING:
    from .desk import Helpdesk
    from .parts import Part

_SALT = "fin_bridge.attachments"


def address(part: Part, row: Any, filename: str) -> str:
    """The https address of a stored file; it works for `FIN_BRIDGE_ATTACHMENT_LIFETIME`."""
    index = part.desk.parts.index(part)
    token = signing.dumps([index, str(row.pk)], salt=_SALT, compress=False)
    path = reverse("fin_bridge:attachment", args=[token, filename or "file"])
    return f"{conf.public_url}{path}"


def open_file(desk: Helpdesk, token: str) -> tuple[FieldFile, str]:
    """The stored file of an address and its media type.

    Raises `NotFoundError` for an address that is forged, has expired, or whose file is gone.
    """
    try:
        index, key = signing.loads(token, salt=_SALT, max_age=conf.attachment_lifetime)
        files = desk.parts[index].fields["attachments"]
        assert isinstance(files, Files)
        row = files.model._base_manager.get(pk=key)
        stored: FieldFile = getattr(row, files.file)
        stored.open()
    except (signing.BadSignature, LookupError, OSError, ValueError, ObjectDoesNotExist) as error:
        raise NotFoundError("There is no such file.") from error
    return stored, files.attachment(row).filetype
