"""Sending the statements of `statements.py` over Django's cursors.

So Django's transactions, errors, instruments and tests see them as they see all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.constants import OnConflict

from ..models import database
from . import clock, statements
from .clock import Now


def fetch(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Send a statement and return the rows that it answers with.

    There is a `%s` for each of `values`. A list fills a list of SQL's, such as `IN (%s)`; `Now` is
    the database's clock.
    """
    with _executed(statement, values) as cursor:
        return list(cursor.fetchall())


def load(model: type[models.Model], statement: str, *values: Any) -> list[Any]:
    """Return the rows of a statement, with values as of `fetch`, as objects of a model.

    It selects all columns of the model; what else it selects is an attribute of the object.
    """
    whole, bound = _compiled(statement, values)
    return list(model._base_manager.raw(whole, bound, using=database()))


def execute(statement: str, *values: Any) -> int:
    """Send a statement, with values as of `fetch`; return how many rows it has changed."""
    with _executed(statement, values) as cursor:
        return int(cursor.rowcount)


def insert(statement: str, *rows: list[Any], on_conflict: OnConflict | None = None) -> int:
    """Send an INSERT of one row, written as `VALUES (%s, ...)`, for many rows at once.

    The first `%s` stands for all values of a row. Returns how many rows there are of it.
    """
    operations = connections[database()].ops
    into, row = statement.removeprefix("INSERT INTO").split(" VALUES ")
    verb = operations.insert_statement(on_conflict=on_conflict)
    suffix = operations.on_conflict_suffix_sql((), on_conflict, (), ())
    return execute(f"{verb}{into} VALUES {', '.join([row] * len(rows))} {suffix}", *rows)


def lock(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a SELECT, locked until the transaction ends; skip other locks' rows.

    SQLite needs no lock: it has one writer at a time.
    """
    connection = connections[database()]
    if connection.features.has_select_for_update:
        skips = connection.features.has_select_for_update_skip_locked
        statement = f"{statement} {connection.ops.for_update_sql(skip_locked=skips)}"
    return fetch(statement, *values)


def commit_lazily() -> None:
    """Have the transaction's commit not wait for the disk, where PostgreSQL is asked not to.

    A crash of the server may undo the transaction: use it for what is then simply done again.
    """
    if connections[database()].vendor == "postgresql":
        execute(statements.COMMIT_LAZILY)


@contextmanager
def _executed(statement: str, values: Sequence[Any]) -> Iterator[CursorWrapper]:
    whole, bound = _compiled(statement, values)
    with connections[database()].cursor() as cursor:
        cursor.execute(whole, bound)
        yield cursor


def _compiled(statement: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    connection, bound = connections[database()], list[Any]()
    first, *others = statement.split("%s")
    marks = (_marks(value, connection, bound) for value in values)
    whole = first + "".join(f"{mark}{part}" for mark, part in zip(marks, others, strict=True))
    return whole, bound


def _marks(value: Any, connection: BaseDatabaseWrapper, bound: list[Any]) -> str:
    if isinstance(value, list):  # an empty one matches nothing
        return ", ".join(_mark(element, connection, bound) for element in value) or "NULL"
    return _mark(value, connection, bound)


def _mark(value: Any, connection: BaseDatabaseWrapper, bound: list[Any]) -> str:
    # A number is written out: drivers take longer to find its place than databases to read it.
    if type(value) is int:
        return str(value)
    if value is None:
        return "NULL"
    if isinstance(value, Now):
        return clock.expression(connection.vendor, value.ahead)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        value = value.hex
    bound.append(value)
    return "%s"
