"""The descriptor of a message's files."""

from __future__ import annotations

import mimetypes
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any

from django.db import models

from ...exceptions import NotWritableError
from ...records import Attachment
from ..django.inheritance import is_plain, keys
from ..owner import Context
from .file_addresses import Addresses, StoredFile
from .rows import Rows

FilesOf = Callable[[Any], tuple[Attachment, ...]]
"""A function that returns the files of a message, given its key."""


class Files(Rows):
    """A message's files: rows that hold a file, or a link to a file elsewhere.

    `dotted` is the relation to the rows; without it the file stands on the message itself. `file`,
    `name`, `filetype` and `link` are attributes of the row: the stored file, the name that it is
    shown by, its media type, and the address of a file that lives elsewhere. `content_id` is the
    attribute for the id that a mail gives to the picture in its text, with `<>` or without.
    """

    def __init__(
        self,
        dotted: str = "",
        *,
        file: str,
        name: str = "",
        filetype: str = "",
        link: str = "",
        content_id: str = "",
    ) -> None:
        super().__init__(dotted)
        self.file, self.filename, self.filetype, self.link = file, name, filetype, link
        self.content_id = content_id

    @property
    def _attributes(self) -> set[str]:
        names = (self.file, self.filename, self.filetype, self.link, self.content_id)
        return set(filter(None, names))

    @property
    def model(self) -> Any:
        """The model whose rows hold the files."""
        return self.relation.related_model if self.relation else self.part.model_class

    @cached_property
    def place(self) -> str:
        """The name of the column that holds the files, with its model."""
        return f"{self.model._meta.label_lower}.{self.file}"

    def prefetches(self) -> Sequence[models.Prefetch[Any]]:
        return super().prefetches() if self.relation else ()

    def rows(self, obj: Any) -> list[Any]:
        """Return the rows that hold a file: that may be the message itself."""
        if self.relation:
            return super().rows(obj)
        return [obj] if getattr(obj, self.file) else []

    @property
    def by_key(self) -> bool:
        """Whether each row holds the key of the one message that it belongs to."""
        relation = self.relation
        is_foreign = isinstance(relation, models.ManyToOneRel)
        return is_foreign and relation.field.target_field in keys(self.part.model_class)

    def grouped(self, keys: Any, using: str) -> FilesOf:
        """Load the files of all messages with these keys, a list or a query, in one statement."""
        hook, columns = self.relation.field, self._columns
        rows: Any = self.queryset().using(using).filter(**{f"{hook.name}__in": keys})
        if columns:
            rows = rows.values_list(*columns._fields)
        found: dict[Any, tuple[Any, ...]] = {}
        owner = itemgetter(1) if columns else attrgetter(hook.attname)
        for row in rows:
            key = owner(row)
            found[key] = (*found.get(key, ()), row)
        addresses, made = Addresses(), columns._make if columns else _itself

        def files_of(key: Any) -> tuple[Attachment, ...]:
            rows = found.get(key, ())
            return rows and tuple([self._attachment(made(row), addresses) for row in rows])

        return files_of

    @cached_property
    def _columns(self) -> Any:
        """A named tuple of all that is read of a row, which spares making an instance of it.

        It is None if a property is read, or if a column's name is none for such a tuple.
        """
        model = self.model
        fields = model._meta.concrete_fields
        columns = {
            field.name for field in fields if field.name == self.file or is_plain(model, field)
        }
        read = self._attributes
        named = [self.relation.field.attname, *sorted(read)]
        if not read <= columns or not is_plain(model, model._meta.pk):
            return None
        if any(name.startswith("_") for name in named):
            return None
        return namedtuple("_Row", ["pk", *named])

    @property
    def ready(self) -> str:
        """The attribute of a message under which its files are remembered."""
        return f"_fin_ready_{self.name}"

    def read(self, obj: Any) -> Sequence[Attachment]:
        ready: Sequence[Attachment] | None = getattr(obj, self.ready, None)
        if ready is not None:
            return ready
        rows = self.rows(obj)
        if not rows:
            return []
        addresses = Addresses()
        return [self._attachment(row, addresses) for row in rows]

    def forget(self, obj: Any) -> None:
        super().forget(obj)
        obj.__dict__.pop(self.ready, None)

    def _attachment(self, row: Any, addresses: Addresses) -> Attachment:
        link = str(getattr(row, self.link)) if self.link else ""
        filename, filetype = self.described(row)
        if link.startswith("https://"):
            return Attachment(link, filetype, filename)
        url = addresses.of(self.place, row.pk, filename)
        content_id = str(getattr(row, self.content_id) or "") if self.content_id else ""
        stored = str(getattr(row, self.file))
        return StoredFile(url, filetype, filename, stored, content_id.strip("<> "))

    def described(self, row: Any) -> tuple[str, str]:
        """Return the name and the media type of a row's file."""
        name = getattr(row, self.filename, "") or getattr(row, self.file) or "file"
        filename = str(name).rsplit("/", 1)[-1]
        return filename, str(getattr(row, self.filetype, "") or media_type(filename))

    def takes(self, attachment: Attachment) -> bool:
        """Return whether there is a column for a link that is long enough for this one."""
        if not self.link or not self.relation:
            return False
        length = self.model._meta.get_field(self.link).max_length
        return length is None or len(attachment.url) <= length

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Add rows with links: nothing is fetched from an address that somebody sent."""
        if value and not self.link:
            raise NotWritableError("There is no column for a link to a file.")
        for attachment in value:
            values = {self.link: attachment.url}
            for attribute, text in (
                (self.filename, attachment.filename),
                (self.filetype, attachment.filetype),
            ):
                if attribute:
                    length = self.model._meta.get_field(attribute).max_length
                    values[attribute] = text[:length]
            self.add(obj, values)
        self.forget(obj)
        return set()

    def problems(self) -> Iterator[str]:
        """Yield also each attribute that the rows do not have."""
        if self.path.dotted:
            yield from super().problems()
        model = self.model
        for name in sorted(self._attributes):
            if not hasattr(model, name):
                yield f"{model._meta.label} has no {name!r} (of its files)"


def media_type(filename: str) -> str:
    """Return the media type that a file's name tells."""
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


def _itself(row: Any) -> Any:
    return row
