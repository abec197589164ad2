"""The way from a signed address to the file or the pasted picture that it leads to."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, SuspiciousOperation
from django.core.signing import BadSignature
from django.db.models.fields.files import FieldFile

from ...database.orm import rows_of
from ...exceptions import NotFoundError
from ..owner import Desk
from .bodies import Body
from .file_addresses import resolve
from .files import Files, media_type
from .pictures import column_of, place_of

_GONE = (
    BadSignature,
    FileNotFoundError,
    IsADirectoryError,
    LookupError,
    NotADirectoryError,
    ObjectDoesNotExist,
    SuspiciousOperation,  # a name that leads out of the storage
    ValueError,
)
"""The errors by which a forged address shows, or a file that is not there."""


def open_file(desk: Desk, token: str) -> tuple[FieldFile | BytesIO, str]:
    """Return the open file or pasted picture that an address leads to, and its media type.

    Raises `NotFoundError` for an address that is forged or has expired, or whose file is gone, and
    whatever else the helpdesk's storage raises.
    """
    try:
        place, key = resolve(token)
        text, _, number = place.partition("#")
        return _picture(desk, text, key, int(number)) if number else _stored(desk, place, key)
    except _GONE as error:
        raise NotFoundError("There is no such file.") from error


def _picture(desk: Desk, place: str, key: str, number: int) -> tuple[BytesIO, str]:
    for part in desk.parts:
        body = part.fields.get("body")
        if isinstance(body, Body) and body.place == place:
            content, filetype = body.pasted(rows_of(part.model_class).get(pk=key), number)
            return BytesIO(content), filetype
    raise LookupError(place)


def _stored(desk: Desk, place: str, key: str) -> tuple[FieldFile, str]:
    model, column, files = _place(desk, place)
    row = rows_of(model).get(pk=key)
    stored: FieldFile = getattr(row, column)
    stored.open()
    if stored.seekable():  # many a storage asks its server only when something is read
        stored.read(1)
        stored.seek(0)
    return stored, files.described(row)[1] if files else media_type(str(stored))


def _place(desk: Desk, place: str) -> tuple[Any, str, Files | None]:
    """Return the model and the column of a described place, and the descriptor of attachments."""
    for part in desk.parts:
        files = part.fields.get("attachments")
        if isinstance(files, Files) and files.place == place:
            return files.model, files.file, files
        photo = column_of(part.fields.get("photo_url"))
        if photo is not None and place_of(photo) == place:
            return photo.model, photo.name, None
    raise LookupError(place)
