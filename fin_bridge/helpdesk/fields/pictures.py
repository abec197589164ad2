"""Pictures that Fin can load: photos of people, and those of a text that are files of its message.

A stored file has a signed address at the bridge, a path is completed with the public address.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from django.db import models
from django.db.models.fields.files import FieldFile

from ...conf import conf
from ...records import Attachment
from ..owner import Owner
from ..text.sanitising import picture_address
from .file_addresses import Addresses, StoredFile
from .path import Path

_SOURCE: Final = re.compile(r'(?<=<img src=")[^"]*')
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def column_of(field: Any) -> models.FileField | None:
    """Return the column of stored files in which a word's path ends, or None."""
    if not isinstance(field, Path):
        return None
    hops = list(field.hops())
    column = hops[-1] if len(hops) == len(field.names) else None
    return column if isinstance(column, models.FileField) else None


def place_of(column: models.FileField) -> str:
    """Return the name of a column of files with its model, as the signed addresses hold it."""
    return f"{column.model._meta.label_lower}.{column.name}"


def photo(part: Owner, value: Any) -> str | None:
    """Return the https address of the photo of one of the part's people, or None.

    `value` is what stands at `photo_url`: a stored file, an address, or a path on this site.
    """
    if isinstance(value, FieldFile):
        if not value:
            return None
        column = column_of(part.fields.get("photo_url"))
        if column == value.field:
            name = str(value).rsplit("/", 1)[-1]
            return Addresses().of(place_of(value.field), value.instance.pk, name)
        value = value.url
    found = str(value or "")
    completed = picture_address(found, conf.public_url if found.startswith("/") else "")
    return completed if completed.lower().startswith("https:") else None


def of_text(source: str) -> str | None:
    """Leave out a picture of which a text has only a file's name: that leads nowhere.

    It returns "" for such an address, and None for any other one.
    """
    return None if "/" in source or _SCHEME.match(source) else ""


def with_files(body: str, attachments: Sequence[Attachment]) -> str:
    """Return a message's HTML; pictures that are among its own files get their signed address.

    A picture below `MEDIA_URL` is one of them if the file's name is the stored one. Files of other
    messages do not count: whoever writes a message could name them.
    """
    media = urljoin(f"{conf.public_url}/", str(conf.raw("MEDIA_URL", "")))
    if f'<img src="{escape(media)}' not in body:
        return body
    stored = {file.name: file.url for file in attachments if isinstance(file, StoredFile)}

    def signed(found: re.Match[str]) -> str:
        source = unescape(found[0])
        name = unquote(urlsplit(source.removeprefix(media)).path)
        return escape(stored[name]) if source.startswith(media) and name in stored else found[0]

    return _SOURCE.sub(signed, body) if stored else body
