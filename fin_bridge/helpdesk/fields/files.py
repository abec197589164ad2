"""The descriptor of a message's files."""

from __future__ import annotations

import mimetypes
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from django.db import models

from ...exceptions import NotWritableError
from ...records import Attachment
from ..django.inheritance import keys
from .file_addresses import Addresses
from .path import is_plain
from .rows import Rows

if TYPE_CHECKING:
    from ..parts.part import Context

Of = Callable[[Any], tuple[Attachment, ...]]
"""The files of an object, by its key."""


class Files(Rows):
    """A message's files: rows with a file of their own, or a link to one that lives elsewhere.

    Without a path to rows, it is a file on the message itself.
    """

    def __init__(
        self, dotted: str = "", *, file: str, name: str = "", filetype: str = "", link: str = ""
    ) -> None:
        super().__init__(dotted)
        self.file, self.filename, self.filetype, self.link = file, name, filetype, link

    @property
    def model(self) -> Any:
        """The model that has the file."""
        return self.relation.related_model if self.relation else self.part.model_class

    @cached_property
    def place(self) -> str:
        """The column that holds the file, with its model."""
        return f"{self.model._meta.label_lower}.{self.file}"

    def prefetches(self) -> Sequence[models.Prefetch[Any]]:
        """Nothing for a file on the message itself."""
        return super().prefetches() if self.relation else ()

    def rows(self, obj: Any) -> list[Any]:
        """Those that hold a file; the message itself may be the one."""
        if self.relation:
            return super().rows(obj)
        return [obj] if getattr(obj, self.file) else []

    @property
    def by_key(self) -> bool:
        """Whether each row holds the key of the one object that it hangs on."""
        relation = self.relation
        is_foreign = isinstance(relation, models.ManyToOneRel)
        return is_foreign and relation.field.target_field in keys(self.part.model_class)

    def grouped(self, keys: Any, using: str) -> Of:
        """Those of all objects of these keys, which may be a query's.

        Each is made when it is asked for: ten thousand that wait for that have Python look for
        garbage through all that the process holds, which takes it longer than to make them.
        """
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

        def of(key: Any) -> tuple[Attachment, ...]:
            some = found.get(key, ())
            return some and tuple([self._attachment(made(row), addresses) for row in some])

        return of

    @cached_property
    def _columns(self) -> Any:
        """All that is read of a row, if that is columns: no instance has to be made of it then.

        A named tuple; None if one is a property, or no name for a field of such a tuple.
        """
        model = self.model
        fields = model._meta.concrete_fields
        columns = {one.name for one in fields if one.name == self.file or is_plain(model, one)}
        read = set(filter(None, (self.file, self.filename, self.filetype, self.link)))
        named = [self.relation.field.attname, *sorted(read)]
        if not read <= columns or not is_plain(model, model._meta.pk):
            return None
        if any(name.startswith("_") for name in named):
            return None
        return namedtuple("_Row", ["pk", *named])

    @property
    def ready(self) -> str:
        """The attribute of an object on which they have been hung."""
        return f"_fin_ready_{self.name}"

    def read(self, obj: Any) -> Sequence[Attachment]:
        """With addresses of ours for the stored ones, whatever storage the host has."""
        ready: Sequence[Attachment] | None = getattr(obj, self.ready, None)
        if ready is not None:
            return ready
        rows = self.rows(obj)
        if not rows:
            return []
        addresses = Addresses()
        return [self._attachment(row, addresses) for row in rows]

    def forget(self, obj: Any) -> None:
        """Nor what was made of them."""
        super().forget(obj)
        obj.__dict__.pop(self.ready, None)

    def _attachment(self, row: Any, addresses: Addresses) -> Attachment:
        link = str(getattr(row, self.link)) if self.link else ""
        filename, filetype = self.described(row)
        if not link.startswith("https://"):
            link = addresses.of(self.place, row.pk, filename)
        return Attachment(link, filetype, filename)

    def described(self, row: Any) -> tuple[str, str]:
        """A file's name and media type."""
        name = getattr(row, self.filename, "") or getattr(row, self.file) or "file"
        filename = str(name).rsplit("/", 1)[-1]
        filetype = str(getattr(row, self.filetype, "") or mimetypes.guess_type(filename)[0] or "")
        return filename, filetype or "application/octet-stream"

    def takes(self, attachment: Attachment) -> bool:
        """Whether there is a column for a link, and it is long enough for this one."""
        if not self.link or not self.relation:
            return False
        length = self.model._meta.get_field(self.link).max_length
        return length is None or len(attachment.url) <= length

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """As links: nothing is fetched from an address that somebody sent."""
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
        """The columns must be those of the rows."""
        if self.path.dotted:
            yield from super().problems()
        model = self.model
        for name in filter(None, (self.file, self.filename, self.filetype, self.link)):
            if not hasattr(model, name):
                yield f"{model._meta.label} has no {name!r} (of its files)"


def _itself(row: Any) -> Any:
    return row
