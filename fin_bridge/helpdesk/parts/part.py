"""What all parts of a helpdesk's description have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, router

from ...database.orm import rows_of
from ...exceptions import ConfigurationError, NotFoundError
from ..django.datetimes import aware
from ..django.inheritance import is_same, keys
from ..fields.path import Field, Path, as_field, joining
from ..writing import saving
from . import where
from .misspelled import misspelled

if TYPE_CHECKING:
    from .helpdesk import Helpdesk

_MOMENTS = {"created_at", "updated_at"}


@dataclass(frozen=True, slots=True)
class Context:
    """On whose behalf something is written: the integration, and the agent who acts.

    That is Fin's, or who takes a conversation over; None for the customer, and while Fin's is
    unknown.
    """

    integration: str
    agent: Any = None


class Part:
    """One of the helpdesk's models and where our words stand in it.

    A word is read by `get_<word>(obj)` where the class has it, else by what the class attribute of
    that name says. It is written by `set_<word>(obj, value, context)`, which returns the names of
    the model's fields that it changed, else by the descriptor, else it is kept by us.
    """

    model: ClassVar[str | type[models.Model]]
    """`app_label.Model`, or the class."""
    where: ClassVar[Mapping[str, Any]] = {}
    """Which of its rows: paths, each with its value, or with a list of those that it may have."""
    words: ClassVar[tuple[str, ...]] = ()
    """What there is to say about an object of it."""
    kind: ClassVar[str] = ""
    """The value of `FinReference.Kind` that its objects are remembered under."""

    desk: Helpdesk
    model_class: type[models.Model]

    def bind(self, desk: Helpdesk) -> None:
        """Look the models up; possible once Django's app registry is ready.

        Raises `ConfigurationError` where there is no such model.
        """
        self.desk = desk
        self.model_class = self._model()
        self.fields: dict[str, Field] = {
            word: as_field(spec, word).bind(self, word)
            for word in self.words
            if (spec := getattr(self, word, None)) is not None
        }
        self._where = {Path(path).bind(self, "where"): value for path, value in self.where.items()}
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
        """All objects that Fin may ever see, from the database that is written to.

        By the base manager: a default manager may filter by the current request.
        """
        rows = rows_of(self.model_class)
        asked = dict(where.spelled(path, value) for path, value in self._where.items())
        return rows.filter(**asked) if asked else rows

    @property
    def is_filtered(self) -> bool:
        """Whether there may be rows of the model that are none of its objects."""
        return bool(self.where) or not is_ours(self.queryset)

    def is_made_of(self, model: Any) -> bool:
        """Whether a row of that model may be one of this part's objects."""
        return is_same(model, self.model_class)

    def has(self, obj: Any) -> bool:
        """Whether an object is one of this part's; override it beside a `queryset` of yours."""
        return self.is_made_of(type(obj)) and all(
            where.meets(path.read(obj), value) for path, value in self._where.items()
        )

    def new(self, context: Context) -> Any:
        """An object that is not saved yet, with what the helpdesk itself asks of one."""
        return self.model_class()

    def joined(self) -> models.QuerySet[Any]:
        """The same with the single rows that belong to each: for one object that is."""
        return joining(self.queryset(), self.joins())

    def loading(self) -> models.QuerySet[Any]:
        """The same with all that reading many objects needs, in a constant number of queries."""
        prefetches = [fetch for field in self.fields.values() for fetch in field.prefetches()]
        return self.joined().prefetch_related(*prefetches)

    def joins(self) -> set[str]:
        """The relations to one row that the fields pass through, those of other parts included."""
        joins: set[str] = set()
        paths = [path for field in self.fields.values() for path in field.paths()]
        for path in [*paths, *self._where]:
            if join := path.join:
                joins.add(join)
                joins |= {f"{join}__{inner}" for inner in self.desk.joins_of(path)}
        return joins

    def id_of(self, obj: Any) -> str:
        """The id that Fin knows it by; an object not saved yet may carry the key as text."""
        return self.spelled(obj.pk)

    def spelled(self, key: Any) -> str:
        """A key as an id."""
        return str(self.model_class._meta.pk.to_python(key) if isinstance(key, str) else key)

    def find(self, local_id: str, *, lock: bool = False) -> Any | None:
        """The object of that id, or None; an id that is no key of this model is nobody's.

        `lock` holds the row until the transaction ends.
        """
        key = self.key(local_id)
        if key is None:
            return None
        queryset = self.queryset().select_for_update() if lock else self.joined()
        found = next(iter(queryset.order_by().filter(pk=key)[:1]), None)
        if lock and found is not None and router.routers:
            models.prefetch_related_objects([found], *self._beside())
        return found

    def _beside(self) -> Iterator[models.Prefetch[Any]]:
        """What is joined where nothing is locked: read later, it might be read from a replica."""
        beyond: dict[str, set[str]] = {}
        for join in self.joins():
            name, _, further = join.partition("__")
            beyond.setdefault(name, set()).update({further} - {""})
        for name, joins in beyond.items():
            related: Any = self.model_class._meta.get_field(name).related_model
            yield models.Prefetch(name, joining(rows_of(related), joins))

    def get(self, local_id: str, *, lock: bool = False) -> Any:
        """As `find`; raises `NotFoundError`."""
        obj = self.find(local_id, lock=lock)
        if obj is None:
            raise NotFoundError(f"There is no {self.kind} {local_id[:100]!r}.")
        return obj

    def in_bulk(self, local_ids: Iterable[str]) -> dict[str, Any]:
        """Those of the ids that there are, each with its object."""
        keys = [key for local_id in local_ids if (key := self.key(local_id)) is not None]
        return {self.id_of(obj): obj for obj in self.loading().filter(pk__in=keys)}

    def key(self, local_id: str) -> Any | None:
        """The primary key that an id stands for; None for one that we would spell otherwise."""
        *_, field = keys(self.model_class)
        try:
            key = field.to_python(local_id)
            field.run_validators(key)  # no number beyond what the database can count
            ours = str(key) == local_id and "\x00" not in local_id
        except (ValidationError, ValueError, OverflowError):
            return None
        return key if ours else None

    def read(self, obj: Any, word: str) -> Any:
        """One word's value; None where the helpdesk has no such word."""
        reader = self._readers.get(word)
        return None if reader is None else reader(obj)

    def put(self, obj: Any, values: Mapping[str, Any], context: Context) -> bool:
        """Write the words, each to its place; whether they stand in the database as written.

        Raises `RefusedError` where the helpdesk does not take a value.
        """
        return saving.put(self, obj, values, context)

    def save(self, obj: Any, changed: set[str], context: Context) -> bool:
        """Validate and save the changed fields only; whether they stand as written.

        Override it where writes must go through a service of the host's own, and call that inside
        of `service()`.
        """
        return saving.save(obj, changed)

    def problems(self) -> Iterator[str]:
        """What is wrong with the description, a sentence each, for the system checks."""
        name = type(self).__name__
        yield from (f"{name}{problem}" for problem in misspelled(self))
        for word, field in self.fields.items():
            yield from (f"{name}.{word}: {problem}" for problem in field.problems())
        for path in self._where:
            yield from (f"{name}.where: {problem}" for problem in where.problems(path))

    def columns(self) -> frozenset[str] | None:
        """The model's own fields that Fin's view depends on; None if that cannot be told."""
        if any(hasattr(self, f"get_{word}") for word in self.words):
            return None
        fields = [path for field in self.fields.values() for path in field.paths()]
        return frozenset().union(*(path.columns for path in [*fields, *self._where]))


def is_ours(method: Any) -> bool:
    """Whether its code stands here and not in a description, nor in a decorator of one."""
    function = getattr(method, "__func__", method)
    home = str(getattr(function, "__globals__", {}).get("__name__", ""))
    return home.startswith("fin_bridge.helpdesk.")


def text(value: Any) -> str | None:
    """As Fin is shown it: None for nothing."""
    return None if value is None or value == "" else str(value)


def texts(values: Sequence[Any] | None) -> tuple[str, ...]:
    """A list of them."""
    return tuple(str(value) for value in values or ())
