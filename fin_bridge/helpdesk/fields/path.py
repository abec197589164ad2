"""Dotted paths through a model: how most words of a helpdesk are spelled."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Self

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models

from ...exceptions import NotWritableError
from ...json_values import encode
from ..django import generic_keys
from ..owner import Context, Owner


class Field:
    """Base of all descriptors: it says where one word of Fin's stands in the helpdesk.

    A descriptor is written once, in the class of a part. Each part binds a copy of it, and only
    the copy knows its `part` and the `name` of its word.
    """

    part: Owner
    name: str
    after_save = False
    """True if the value is written after the object has got its key, as rows elsewhere are."""

    def bind(self, part: Owner, name: str) -> Self:
        """Return a copy that belongs to `part`, with its paths bound to the part's model."""
        bound = copy.copy(self)
        bound.part, bound.name = part, name
        for attribute, value in vars(self).items():
            if isinstance(value, Path):
                setattr(bound, attribute, value.on(part.model_class))
        return bound

    def paths(self) -> Sequence[Path]:
        """Return the paths that are read, for joins, system checks and `update_fields`.

        A descriptor of the host's own that reads paths overrides this.
        """
        return ()

    def prefetches(self) -> Sequence[models.Prefetch[Any]]:
        """Return what is loaded for all objects together, in one query each."""
        return [fetch for path in self.paths() if path is not self for fetch in path.prefetches()]

    def read(self, obj: Any) -> Any:
        """Return the word's value for one object of the helpdesk.

        A descriptor of the host's own overrides this.
        """
        raise NotImplementedError(type(self).__name__)

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Put a value into an object, and return the names of the model's fields that changed.

        A descriptor of the host's own overrides this, unless it can only be read. Raises
        `NotWritableError` where the helpdesk has no place for the value.
        """
        raise NotWritableError(f"{type(self.part).__name__}.{self.name} is read-only.")

    def leftover(self, value: Any) -> Any | None:
        """Return the part of a value that `write` finds no place for, or None."""
        return None

    def problems(self) -> Iterator[str]:
        """Yield a sentence for each mistake in the descriptor, for the system checks."""
        for path in self.paths():
            yield from path.problems()


class Path(Field):
    """A dotted path, such as `account.plan.name`. Methods on it are called without arguments."""

    model: type[models.Model]
    """The model at which the path begins, once it is bound."""

    def __init__(self, dotted: str) -> None:
        self.dotted = dotted
        self.names = dotted.split(".")

    def bind(self, part: Owner, name: str) -> Self:
        bound = super().bind(part, name)
        bound.model = part.model_class
        return bound

    def on(self, model: type[models.Model]) -> Self:
        """Return a copy that begins at `model`: a path that is no word of a part."""
        bound = copy.copy(self)
        bound.model = model
        return bound

    def paths(self) -> Sequence[Path]:
        return (self,)

    def prefetches(self) -> Sequence[models.Prefetch[Any]]:
        """Return the rows that a generic key leads to, since no join can."""
        names: list[str] = []
        for field in self.hops():
            names.append(field.name)
            if generic_keys.is_key(field):
                return (models.Prefetch("__".join(names)),)
        return ()

    @property
    def lookup(self) -> str:
        """Spell the path as a query does."""
        return "__".join(self.names)

    def hops(self) -> Iterator[models.Field[Any, Any] | models.ForeignObjectRel]:
        """Yield the model's fields along the path, up to the first name that is no field."""
        model: Any = self.model
        for name in self.names:
            try:
                field = model._meta.get_field(name)
            except (AttributeError, FieldDoesNotExist):
                return
            yield field
            model = field.related_model

    @cached_property
    def own(self) -> models.Field[Any, Any] | None:
        """The field of the object itself, if the path is no longer than that."""
        hops = list(self.hops())
        field = hops[0] if len(hops) == len(self.names) == 1 else None
        return field if isinstance(field, models.Field) else None

    @cached_property
    def column(self) -> models.Field[Any, Any] | None:
        """The column of the object itself: a generic key is a field, but two columns."""
        field = self.own
        return field if field is not None and field.concrete else None

    @property
    def columns(self) -> frozenset[str]:
        """The object's own columns that are read, in both spellings of `update_fields`."""
        field = next(self.hops(), None)
        if generic_keys.is_key(field):
            return generic_keys.columns(field)
        return frozenset({self.names[0], getattr(field, "attname", self.names[0])})

    @cached_property
    def stored(self) -> tuple[str, ...]:
        """The object's own attributes that say where the path leads, if it begins at any."""
        field: Any = next(self.hops(), None)
        if generic_keys.is_key(field):
            return generic_keys.stored(field)
        return (field.attname,) if field is not None and field.concrete else ()

    @property
    def target(self) -> type[models.Model] | None:
        """The model of the rows that the whole path leads to, if it leads to rows."""
        fields = list(self.hops())
        whole = len(fields) == len(self.names)
        return getattr(fields[-1], "related_model", None) if whole else None

    @cached_property
    def join(self) -> str:
        """The relations to one row along the path, as `select_related` wants them."""
        names: list[str] = []
        for field in self.hops():
            if generic_keys.is_key(field) or not (field.many_to_one or field.one_to_one):
                break
            names.append(field.name)
        return "__".join(names)

    def matching(self, obj: models.Model) -> dict[str, Any]:
        """Return the condition of a query that the path leads to this object."""
        last = [*self.hops()][-1]
        if generic_keys.is_key(last):
            return generic_keys.matching(last, "__".join([*self.names[:-1], ""]), obj)
        return {self.lookup: obj}

    def among(self, objects: Sequence[models.Model]) -> dict[str, Any]:
        """Return the condition of a query that the path leads to one of these objects."""
        last = [*self.hops()][-1]
        if generic_keys.is_key(last):
            return generic_keys.among(last, "__".join([*self.names[:-1], ""]), objects)
        return {f"{self.lookup}__in": objects}

    def read(self, obj: Any) -> Any:
        """Return what stands at the end of the path, or None where it breaks off on the way."""
        for name in self.names:
            if obj is None:
                return None
            try:
                obj = getattr(obj, name)
            except ObjectDoesNotExist:
                return None
            if callable(obj) and not getattr(obj, "alters_data", False):
                obj = obj()
        return obj

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Write a column of the object itself: a row further along is shared with others."""
        field = self.own
        if field is None:
            return super().write(obj, value, context)
        return assign(obj, field, fit(field, value))

    def problems(self) -> Iterator[str]:
        """Yield where the path leaves the models; what follows a property cannot be known."""
        model: Any = self.model
        for name in self.names:
            if model is None:
                return
            try:
                model = model._meta.get_field(name).related_model
            except FieldDoesNotExist:
                if not hasattr(model, name):
                    yield f"{model._meta.label} has no {name!r} (in {self.dotted!r})"
                return


def joining(rows: models.QuerySet[Any], joins: Iterable[str]) -> models.QuerySet[Any]:
    """Return `rows` with `select_related(*joins)`: an empty one would follow every relation."""
    return rows.select_related(*sorted(joins)) if joins else rows


def assign(obj: Any, field: models.Field[Any, Any], value: Any) -> set[str]:
    """Set a field unless it has that value already, and return the names of changed fields."""
    if generic_keys.is_key(field):
        return generic_keys.assign(obj, field, value)
    stored = value
    if isinstance(field, models.ForeignKey) and value is not None:
        stored = getattr(value, field.target_field.attname)
    if getattr(obj, field.attname) == stored:
        return set()
    setattr(obj, field.name, value)
    return {field.name}


def fit(column: models.Field[Any, Any], value: Any) -> Any:
    """Return a value as the column takes it: "" for null if need be, a text cut to its length.

    In a column of text, a value of another type, such as a list, becomes JSON.
    """
    if not isinstance(column, models.CharField | models.TextField):
        return value
    if value is None:
        return None if column.null else ""
    text = value if isinstance(value, str) else encode(value)
    return text[: column.max_length]
