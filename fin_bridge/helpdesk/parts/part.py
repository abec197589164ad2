"""What all parts of a helpdesk's description have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, router

from ...database.orm import rows_of
from ...exceptions import ConfigurationError, NotFoundError
from ..django.datetimes import aware
from ..django.inheritance import is_same, keys
from ..fields.path import Field, Path, joining
from ..fields.values import as_field
from ..owner import Context, Desk
from ..writing import saving
from . import where

_MOMENTS = {"created_at", "updated_at"}


class Part:
    """A model of the helpdesk, and where Fin's words stand in it.

    A host subclasses it and says of each word where it stands: by a class attribute of the word's
    name, or by methods. `get_<word>(obj)` is given an object of the model and returns the word's
    value. `set_<word>(obj, value, context)` changes the object without saving it, returns the
    names of the model's fields that it changed, and may raise `RefusedError`. A word that can be
    read and not written is kept by us.

    Of the methods below, a host may override those that say so.
    """

    model: ClassVar[str | type[models.Model]]
    """`app_label.Model`, or the class."""
    where: ClassVar[Mapping[str, Any]] = {}
    """The rows of the model that are meant: paths, each with a value or a list of values."""
    words: ClassVar[tuple[str, ...]] = ()
    """The words that there are for an object of this part. They are the same for all hosts."""
    kind: ClassVar[str] = ""
    """The value of `FinReference.Kind` for objects of this part."""

    desk: Desk
    model_class: type[models.Model]

    def bind(self, desk: Desk) -> None:
        """Look the models up, which is possible once Django's app registry is ready.

        Raises `ConfigurationError` where there is no such model.
        """
        self.desk = desk
        self.model_class = self._model()
        self.fields: dict[str, Field] = {
            word: as_field(spec, word).bind(self, word)
            for word in self.words
            if (spec := getattr(self, word, None)) is not None
        }
        self.conditions = {
            Path(path).on(self.model_class): value for path, value in self.where.items()
        }
        self._readers: dict[str, Callable[[Any], Any]] = {
            word: self._reader(word)
            for word in self.words
            if word in self.fields or hasattr(self, f"get_{word}")
        }

    def _model(self) -> type[models.Model]:
        name = type(self).__name__
        spec = getattr(self, "model", None)
        if spec is None:
            raise ConfigurationError(f"{name} names no model.")
        try:
            return apps.get_model(spec) if isinstance(spec, str) else spec
        except (LookupError, ValueError) as error:
            raise ConfigurationError(f"{name}.model is {spec!r}: {error}") from error

    def _reader(self, word: str) -> Callable[[Any], Any]:
        read: Callable[[Any], Any] = getattr(self, f"get_{word}", None) or self.fields[word].read
        return (lambda obj: aware(read(obj))) if word in _MOMENTS else read

    def queryset(self) -> models.QuerySet[Any]:
        """Return all rows that Fin may ever see, from the database that is written to.

        A host may override it to leave rows out by more than `where` can say, and overrides `has`
        with it. It returns a queryset of the part's model. It starts from the base manager, since
        a default manager may filter by the current request.
        """
        rows = rows_of(self.model_class)
        asked = dict(where.condition(path, value) for path, value in self.conditions.items())
        return rows.filter(**asked) if asked else rows

    def has(self, obj: Any) -> bool:
        """Return whether an object of any class is one of this part's.

        A host that overrides `queryset` overrides this too: it is given any object, and returns
        True for exactly the rows of that queryset, if it can without a query.
        """
        return self.is_made_of(type(obj)) and all(
            where.meets(path.read(obj), value) for path, value in self.conditions.items()
        )

    def new(self, context: Context) -> Any:
        """Return an object that is not saved yet.

        A host may override it to set what its helpdesk asks of a new row, such as a queue.
        """
        return self.model_class()

    def save(self, obj: Any, changed: set[str], context: Context) -> bool:
        """Validate the changed fields and save them.

        A host may override it where rows are written by a service of its own, which it calls
        inside of `service()`. It is given the object, the names of the fields that changed, and
        for whom they are written. It returns False where they are not stored as they were written.
        It may raise `RefusedError`; a `ValidationError`, `PermissionDenied`, `IntegrityError` or
        `DataError` of Django's, or an `APIException` of DRF's, is turned into one.
        """
        return saving.save(obj, changed)

    @property
    def is_filtered(self) -> bool:
        """Whether there may be rows of the model that are none of this part's objects."""
        return bool(self.where) or not is_ours(self.queryset)

    def is_made_of(self, model: Any) -> bool:
        """Return whether a row of that model may be one of this part's objects."""
        return is_same(model, self.model_class)

    def joined(self) -> models.QuerySet[Any]:
        """Return the part's rows joined with the single rows that belong to each."""
        return joining(self.queryset(), self.joins())

    def loading(self) -> models.QuerySet[Any]:
        """Return the part's rows with all that reading many of them needs.

        They are read in a constant number of statements.
        """
        prefetches = [fetch for field in self.fields.values() for fetch in field.prefetches()]
        return self.joined().prefetch_related(*prefetches)

    def joins(self) -> set[str]:
        """Return the relations to one row that are read, and those of the people they lead to."""
        joins: set[str] = set()
        paths = [path for field in self.fields.values() for path in field.paths()]
        for path in [*paths, *self.conditions]:
            if join := path.join:
                joins.add(join)
                if path.target is not None:
                    joins |= {f"{join}__{inner}" for inner in self.desk.joins_of(path.target)}
        return joins

    def id_of(self, obj: Any) -> str:
        """Return the id by which Fin knows an object. An unsaved one may hold its key as text."""
        return self.id_of_key(obj.pk)

    def id_of_key(self, key: Any) -> str:
        """Return the id that stands for a primary key."""
        return str(self.model_class._meta.pk.to_python(key) if isinstance(key, str) else key)

    def key(self, local_id: str) -> Any | None:
        """Return the primary key that an id stands for, or None if we would write it otherwise."""
        *_, field = keys(self.model_class)
        try:
            key = field.to_python(local_id)
            field.run_validators(key)  # no number beyond what the database can count
            is_id = str(key) == local_id and "\x00" not in local_id
        except (ValidationError, ValueError, OverflowError):
            return None
        return key if is_id else None

    def find(self, local_id: str, *, lock: bool = False) -> Any | None:
        """Return the object of an id, or None.

        With `lock`, the row is locked until the transaction ends.
        """
        key = self.key(local_id)
        if key is None:
            return None
        queryset = self.queryset().select_for_update() if lock else self.joined()
        found = next(iter(queryset.order_by().filter(pk=key)[:1]), None)
        if lock and found is not None and router.routers:
            models.prefetch_related_objects([found], *self._unlocked())
        return found

    def _unlocked(self) -> Iterator[models.Prefetch[Any]]:
        """Yield what is joined where nothing is locked: a replica may not have it yet."""
        beyond: dict[str, set[str]] = {}
        for join in self.joins():
            name, _, further = join.partition("__")
            beyond.setdefault(name, set()).update({further} - {""})
        for name, joins in beyond.items():
            related: Any = self.model_class._meta.get_field(name).related_model
            yield models.Prefetch(name, joining(rows_of(related), joins))

    def get(self, local_id: str, *, lock: bool = False) -> Any:
        """Return the object of an id as `find` does, or raise `NotFoundError`."""
        obj = self.find(local_id, lock=lock)
        if obj is None:
            raise NotFoundError(f"There is no {self.kind} {local_id[:100]!r}.")
        return obj

    def in_bulk(self, local_ids: Iterable[str]) -> dict[str, Any]:
        """Return the objects that there are of these ids, by id."""
        keys = [key for local_id in local_ids if (key := self.key(local_id)) is not None]
        return {self.id_of(obj): obj for obj in self.loading().filter(pk__in=keys)}

    def read(self, obj: Any, word: str) -> Any:
        """Return a word's value, or None where the helpdesk has no such word."""
        reader = self._readers.get(word)
        return None if reader is None else reader(obj)

    def put(self, obj: Any, values: Mapping[str, Any], context: Context) -> bool:
        """Write values by word and save the object; return whether they stand as written.

        Raises `RefusedError` where the helpdesk does not take a value.
        """
        return saving.put(self, obj, values, context)

    def columns(self) -> frozenset[str] | None:
        """Return the model's own fields that Fin's view depends on, or None if none can tell."""
        if any(hasattr(self, f"get_{word}") for word in self.words):
            return None
        fields = [path for field in self.fields.values() for path in field.paths()]
        return frozenset().union(*(path.columns for path in [*fields, *self.conditions]))


def is_ours(method: Any) -> bool:
    """Return whether a method's code stands here, and in no description nor its decorator."""
    function = getattr(method, "__func__", method)
    home = str(getattr(function, "__globals__", {}).get("__name__", ""))
    return home.startswith("fin_bridge.helpdesk.")


def text(value: Any) -> str | None:
    """Return a value as Fin is shown it: as a text, or None for nothing."""
    return None if value is None or value == "" else str(value)


def texts(values: Sequence[Any] | None) -> tuple[str, ...]:
    """Return a list's values as texts."""
    return tuple(str(value) for value in values or ())
