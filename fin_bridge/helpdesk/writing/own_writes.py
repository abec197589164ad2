"""Fin's own writes, which are no news to Fin, told apart from what the helpdesk does then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model

from ...exceptions import RefusedError

_acting: ContextVar[bool] = ContextVar("fin_bridge_acting", default=False)
_Written = tuple[Model | None, type[Model] | None]
_written: ContextVar[_Written] = ContextVar("fin_bridge_written", default=(None, None))
_News = list[tuple[object, Callable[[], None]]]
_postponed: ContextVar[_News | None] = ContextVar("fin_bridge_postponed", default=None)


def acting_as_fin() -> bool:
    """Return whether a write of Fin's set off the running code, for the host's mails and rules."""
    return _acting.get()


@contextmanager
def as_fin() -> Iterator[None]:
    """Mark everything inside as Fin's doing or as the helpdesk's reaction to it."""
    token = _acting.set(True)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def writing(instance: Model, rows: type[Model] | None = None) -> Iterator[None]:
    """Mark signals of this very instance as echoes; those of other instances are reactions.

    `rows` is the model of a many-to-many table that is written with the instance.
    """
    token = _written.set((instance, rows))
    try:
        yield
    finally:
        _written.reset(token)


def save(instance: Model, names: Collection[str], **options: Any) -> bool:
    """Save what Fin wrote, and return whether the named fields are stored as they were written.

    A receiver of the host's may change them on the way; then Fin does not know what is stored.
    Raises `RefusedError` where nothing was saved.
    """
    intended = {
        field.attname: field.to_python(getattr(instance, field.attname))
        for field in instance._meta.concrete_fields
        if field.name in names
    }
    with writing(instance):
        instance.save(**options)
    _read_again(instance)
    return all(getattr(instance, name) == value for name, value in intended.items())


def _read_again(instance: Model) -> None:
    try:
        instance.refresh_from_db(using=instance._state.db)  # no replica has it yet
    except (ObjectDoesNotExist, ValueError) as error:
        raise RefusedError("The helpdesk did not save it.") from error


def is_echo(instance: object) -> bool:
    """Return whether a part is writing this very instance for Fin."""
    written, rows = _written.get()
    return instance is written or (rows is not None and type(instance) is rows)


@contextmanager
def serving() -> Iterator[Callable[..., None]]:
    """Postpone news while a service of the helpdesk's saves for Fin.

    It yields a function that takes the rows which are Fin's own. News of all other rows is told
    at the end. Where the service fails no news is told, since none of its rows stands.
    """
    fins: list[Model] = []
    news: _News = []
    token = _postponed.set(news)
    try:
        yield lambda *instances: fins.extend(instances)
    finally:
        _postponed.reset(token)
    for instance, tell in news:
        if not any(instance is row for row in fins):
            tell()


def tell(instance: object, news: Callable[[], None]) -> None:
    """Call `news` now, or when a service that runs for Fin has said which rows are Fin's own."""
    postponed = _postponed.get()
    if postponed is None:
        news()
    else:
        postponed.append((instance, news))
