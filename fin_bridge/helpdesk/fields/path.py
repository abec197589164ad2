"""Dotted paths through a model: how most words of a helpdesk are spelled."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute

from ...encoding import encode
from ...exceptions import NotWritableError
from ..django import generic_keys

if TYPE_CHECKING:
    from ..parts.part import Context, Part

_PLAIN: Final = {DeferredAttribute, ForeignKeyDeferredAttribute}


class Field:
    """How one word of ours stands in the helpdesk: the base of all descriptors.

    One is written once in a part's class and bound to each part that is made of it; `part` and
    `name` are known from then on.
    """

    part: Part
    name: str
    after_save = False
    """Whether it is written once the object has its key, for rows of other tables."""

    def bind(self, part: Part, name: str) -> Self:
        """A copy that belongs to a part, under the name of the word that it stands for."""
        bound = copy.copy(self)
        bound.part, bound.name = part, name
        return bound

    def paths(self) -> Sequence[Path]:
        """The paths that it reads, for joins, system checks and `update_fields`."""
        return ()

    def prefetches(self) -> Sequence[models.Prefetch[Any]]:
        """What is loaded beside the objects, in one query each."""
        return [fetch for path in self.paths() if path is not self for fetch in path.prefetches()]

    def read(self, obj: Any) -> Any:
        """The word's value for one object of the helpdesk."""
        raise NotImplementedError(type(self).__name__)

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Put the value into the object; the names of the model's fields that changed.

        Raises `NotWritableError` where the helpdesk has no place for it.
        """
        raise NotWritableError(f"{type(self.part).__name__}.{self.name} is read-only.")

    def leftover(self, value: Any) -> Any | None:
        """What of a value `write` has no place for; None for nothing."""
        return None

    def problems(self) -> Iterator[str]:
        """What is wrong with it, a sentence each, for the system checks."""
        for path in self.paths():
            yield from path.problems()


class Path(Field):
    """A dotted path, such as `account.plan.name`; methods without arguments on it are called."""

    def __init__(self, dotted: str) -> None:
        self.dotted = dotted
        self.names = dotted.split(".")

    def paths(self) -> Sequence[Path]:
        """Itself."""
        return (self,)

    def prefetches(self) -> Sequence[models.Prefetch[Any]]:
        """What a generic key leads to: no join can."""
        names: list[str] = []
        for field in self.hops():
            names.append(field.name)
            if generic_keys.is_key(field):
                return (models.Prefetch("__".join(names)),)
        return ()

    @property
    def lookup(self) -> str:
        """The path as a query spells it."""
        return "__".join(self.names)

    def hops(self) -> Iterator[models.Field[Any, Any] | models.ForeignObjectRel]:
        """The model's fields along the path, as far as it is one of fields."""
        model: Any = self.part.model_class
        for name in self.names:
            try:
                field = model._meta.get_field(name)
            except (AttributeError, FieldDoesNotExist):
                return
            yield field
            model = field.related_model

    @cached_property
    def own(self) -> models.Field[Any, Any] | None:
        """The field of the object itself that the whole path is, if it is one."""
        hops = list(self.hops())
        field = hops[0] if len(hops) == len(self.names) == 1 else None
        return field if isinstance(field, models.Field) else None

    @cached_property
    def column(self) -> models.Field[Any, Any] | None:
        """The same, but for generic keys, which are two columns."""
        field = self.own
        return field if field is not None and field.concrete else None

    @property
    def columns(self) -> frozenset[str]:
        """The object's own columns that it reads, in both spellings of `update_fields`."""
        field = next(self.hops(), None)
        if generic_keys.is_key(field):
            return generic_keys.columns(field)
        return frozenset({self.names[0], getattr(field, "attname", self.names[0])})

    @cached_property
    def stored(self) -> tuple[str, ...]:
        """The object's own attributes that hold where it leads to; none where it holds nothing."""
        field: Any = next(self.hops(), None)
        if generic_keys.is_key(field):
            return generic_keys.stored(field)
        return (field.attname,) if field is not None and field.concrete else ()

    @cached_property
    def join(self) -> str:
        """The relations to one row that it passes through, as `select_related` wants them."""
        names: list[str] = []
        for field in self.hops():
            if generic_keys.is_key(field) or not (field.many_to_one or field.one_to_one):
                break
            names.append(field.name)
        return "__".join(names)

    def matching(self, obj: models.Model) -> dict[str, Any]:
        """The condition of a query that the path leads to this object."""
        last = [*self.hops()][-1]
        if generic_keys.is_key(last):
            return generic_keys.matching(last, "__".join([*self.names[:-1], ""]), obj)
        return {self.lookup: obj}

    def among(self, objects: Sequence[models.Model]) -> dict[str, Any]:
        """The same for any of these objects."""
        last = [*self.hops()][-1]
        if generic_keys.is_key(last):
            return generic_keys.among(last, "__".join([*self.names[:-1], ""]), objects)
        return {f"{self.lookup}__in": objects}

    def read(self, obj: Any) -> Any:
        """What stands at the end of the path; None where it breaks off on the way."""
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
        """Only a column of the object itself; a row that a path leads to is shared with others."""
        field = self.own
        if field is None:
            return super().write(obj, value, context)
        return assign(obj, field, fit(field, value))

    def problems(self) -> Iterator[str]:
        """Where the path leaves the models; what comes after a property cannot be known."""
        model: Any = self.part.model_class
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
    """With these relations; without any, Django would take that for all there are."""
    return rows.select_related(*sorted(joins)) if joins else rows


def is_plain(model: type[models.Model], column: Any) -> bool:
    """Whether an instance shows what the database yields, with nothing of the host's between."""
    return type(getattr(model, column.attname, None)) in _PLAIN


def assign(obj: Any, field: models.Field[Any, Any], value: Any) -> set[str]:
    """Set it unless that is what stands there; the names of the columns that changed."""
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
    """As the column takes it: no null where it has none, and a text no longer than it holds.

    What is no text, such as a list among the attributes, is written as JSON.
    """
    if not isinstance(column, models.CharField | models.TextField):
        return value
    if value is None:
        return None if column.null else ""
    text = value if isinstance(value, str) else encode(value)
    return text[: column.max_length]


def as_field(spec: Any, word: str = "") -> Field:
    """What a part's class says of a word: a path's text, a mapping, or a descriptor."""
    from .values import Const, Json, Mapped

    if isinstance(spec, Field):
        return spec
    if isinstance(spec, str):
        return Json(spec) if word == "attributes" else Path(spec)
    return Mapped(spec) if isinstance(spec, dict) else Const(spec)
