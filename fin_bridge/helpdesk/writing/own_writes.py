"""Which writes are Fin's own: they are no news to Fin, what the helpdesk does in reaction is."""

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
    """Whether the running code was set off by a write of Fin's: for the host's mails and rules."""
    return _acting.get()


@contextmanager
def as_fin() -> Iterator[None]:
    """Everything inside is Fin's doing, or the helpdesk's reaction to it."""
    token = _acting.set(True)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def writing(instance: Model, rows: type[Model] | None = None) -> Iterator[None]:
    """Inside, a signal of this very instance is an echo; of any other it is a reaction.

    `rows` is the model of a many-to-many table that is written with it.
    """
    token = _written.set((instance, rows))
    try:
        yield
    finally:
        _written.reset(token)


def save(instance: Model, names: Collection[str], **options: Any) -> bool:
    """Save what Fin wrote; whether the fields of those names stand in the database as written.

    A receiver of the host's may have changed them on the way, and then Fin does not know what is
    stored. Raises `RefusedError` where nothing was saved.
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
    """Whether a part is writing this very instance for Fin."""
    written, rows = _written.get()
    return instance is written or (rows is not None and type(instance) is rows)


@contextmanager
def serving() -> Iterator[Callable[..., None]]:
    """A service of the helpdesk's saves for Fin; which rows are Fin's own it says at its end.

    What it saves besides is a reaction. Nothing is told where it fails, since nothing stands then.
    """
    own: list[Model] = []
    news: _News = []
    token = _postponed.set(news)
    try:
        yield lambda *instances: own.extend(instances)
    finally:
        _postponed.reset(token)
    for instance, tell in news:
        if not any(instance is one for one in own):
            tell()


def tell(instance: object, news: Callable[[], None]) -> None:
    """Now; or once a service that runs for Fin has said that this instance is none of Fin's."""
    postponed = _postponed.get()
    if postponed is None:
        news()
    else:
        postponed.append((instance, news))
