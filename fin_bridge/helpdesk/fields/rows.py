"""Descriptors of rows in other tables: tags and assignees. Files are in `files`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, cast

from django.db import models

from ...database.orm import rows_of
from ..django.generic_keys import is_key
from ..owner import Context
from ..writing import own_writes
from ..writing.saving import savepoint
from .path import Field, Path


class Rows(Field):
    """Rows that belong to an object, loaded for all objects together."""

    after_save = True

    def __init__(self, dotted: str, attribute: str = "") -> None:
        self.path = Path(dotted)
        self.attribute = attribute

    @cached_property
    def relation(self) -> Any:
        """The relation of the model that leads to the rows, forward or reverse.

        A reverse relation without a name of its own has two: `file` in queries, and `file_set` on
        objects.
        """
        fields = self.part.model_class._meta.get_fields()
        return next((field for field in fields if self.path.names[0] in _names(field)), None)

    @property
    def accessor(self) -> str:
        """The relation's name on objects."""
        return _names(self.relation)[-1]

    @property
    def loaded(self) -> str:
        """The attribute that the rows are loaded into."""
        return f"_fin_{self.name}"

    def queryset(self) -> models.QuerySet[Any]:
        """Return the rows in the order of their keys, with what their attribute leads to."""
        queryset = rows_of(self.relation.related_model).order_by("pk")
        field = self.target
        single = field is not None and (field.many_to_one or field.one_to_one)
        return queryset.select_related(field.name) if single else queryset

    @property
    def target(self) -> Any:
        """The field of the rows that the attribute names, if it names one."""
        fields = self.relation.related_model._meta.get_fields()
        return next((field for field in fields if field.name == self.attribute), None)

    def prefetches(self) -> Sequence[models.Prefetch[Any]]:
        """Load into a plain list: `.all()` on each object costs more than the query."""
        return (models.Prefetch(self.accessor, self.queryset(), to_attr=self.loaded),)

    def rows(self, obj: Any) -> list[Any]:
        """Return the object's rows, and load them if that has not been done."""
        if obj._state.adding:
            return []
        if not hasattr(obj, self.loaded):
            models.prefetch_related_objects([obj], *self.prefetches())
        return list(getattr(obj, self.loaded))

    def forget(self, obj: Any) -> None:
        """Have the rows read anew after a change."""
        obj.__dict__.pop(self.loaded, None)

    def add(self, obj: Any, values: dict[str, Any]) -> None:
        """Create a row that belongs to the object."""
        row = self.relation.related_model(**{self.relation.field.name: obj}, **values)
        with savepoint():
            own_writes.save(row, values)

    @property
    def through(self) -> type[models.Model] | None:
        """The table of a many-to-many relation, or None for another relation."""
        relation = self.relation
        if relation is None or not relation.many_to_many:
            return None
        ends = relation.remote_field if isinstance(relation, models.ManyToManyField) else relation
        return cast("type[models.Model]", ends.through)

    def exchange(self, obj: Any, rows: list[Any]) -> None:
        """Set the rows of a many-to-many relation, so that no others belong to the object."""
        with savepoint(), own_writes.writing(obj, self.through):
            getattr(obj, self.accessor).set(rows)

    def problems(self) -> Iterator[str]:
        yield from self.path.problems()
        relation = self.relation
        if relation is None:
            return
        if not (relation.one_to_many or relation.many_to_many):
            yield f"{self.path.dotted!r} is no relation to many rows"
        elif not (relation.many_to_many or isinstance(relation, models.ManyToOneRel)):
            yield f"{self.path.dotted!r} leads through a generic key: write get_{self.name}()"
        elif is_key(self.target):
            yield f"{self.attribute!r} is a generic key, not a column: write get_{self.name}()"
        elif self.attribute and self.target is None:
            label = relation.related_model._meta.label
            yield f"{label} has no {self.attribute!r} (of {self.path.dotted!r})"


def _names(field: Any) -> tuple[str, ...]:
    """Return the relation's name in queries and, where it differs, on objects."""
    if isinstance(field, models.ForeignObjectRel):
        return (field.name, field.get_accessor_name() or field.name)
    return (field.name,)


class Many(Rows):
    """Texts in a table of their own, such as tags: shared rows, or rows of one object."""

    def read(self, obj: Any) -> list[str]:
        return [str(getattr(row, self.attribute)) for row in self.rows(obj)]

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Set the texts, and make a row for each text that the helpdesk does not have yet."""
        length = self.relation.related_model._meta.get_field(self.attribute).max_length
        wanted = list(dict.fromkeys(text[:length] for text in value if text.strip()))
        if sorted(self.read(obj)) != sorted(wanted):
            if self.relation.many_to_many:
                self.exchange(obj, [self._row(text) for text in wanted])
            else:
                self._replace(obj, wanted)
            self.forget(obj)
        return set()

    def _row(self, text: str) -> Any:
        """Return the first row with that text: many a helpdesk has one label twice."""
        rows = rows_of(self.relation.related_model)
        named: dict[str, Any] = {self.attribute: text}
        return rows.filter(**named).order_by("pk").first() or rows.get_or_create(**named)[0]

    def _replace(self, obj: Any, wanted: list[str]) -> None:
        for row in self.rows(obj):
            text = str(getattr(row, self.attribute))
            if text in wanted:
                wanted.remove(text)
            else:
                with savepoint(), own_writes.writing(row):
                    row.delete()
        for text in wanted:
            self.add(obj, {self.attribute: text})


class First(Rows):
    """The first of many rows: the assignee, where a helpdesk has several. Fin sets only one."""

    def read(self, obj: Any) -> Any:
        return next(iter(self.rows(obj)), None)

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        wanted = [] if value is None else [value]
        if self.rows(obj) != wanted:
            self.exchange(obj, wanted)
            self.forget(obj)
        return set()


class Latest(Rows):
    """An attribute of the newest row: the assignee, where a helpdesk has a table of changes."""

    def read(self, obj: Any) -> Any:
        rows = self.rows(obj)
        return getattr(rows[-1], self.attribute) if rows else None

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Add a row, for null too: what was before stays on record."""
        if self.read(obj) != value:
            self.add(obj, {self.attribute: value})
            self.forget(obj)
        return set()
