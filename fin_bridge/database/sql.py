"""Statements written by hand, where Django takes longer to make one than the database to answer.

They go over Django's cursors all the same, with its transactions, errors and instruments, and use
what PostgreSQL, MariaDB, MySQL and SQLite have in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.models.constants import OnConflict

from ..models import database


def fetch(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows that it answers with. A list among the values is one of SQL's: `IN (%s)`."""
    with _executed(statement, values) as cursor:
        return list(cursor.fetchall())


def execute(statement: str, *values: Any) -> int:
    """The same for one that answers with none: how many rows it has changed."""
    with _executed(statement, values) as cursor:
        return int(cursor.rowcount)


def insert(
    into: str, *rows: list[Any], rest: str = "", on_conflict: OnConflict | None = None
) -> int:
    """INSERT them in one statement: how many there are; `into` names the table and its columns.

    `rest` is SQL: the last columns, where they are the same for all.
    """
    operations = connections[database()].ops
    statement = operations.insert_statement(on_conflict=on_conflict)
    suffix = operations.on_conflict_suffix_sql((), on_conflict, (), ())
    row = f"(%s, {rest})" if rest else "(%s)"
    return execute(f"{statement} {into} VALUES {', '.join([row] * len(rows))} {suffix}", *rows)


def lock(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a SELECT, locked until the transaction ends; without those of other locks.

    SQLite has no need: who writes there, writes alone.
    """
    connection = connections[database()]
    if connection.features.has_select_for_update:
        skips = connection.features.has_select_for_update_skip_locked
        statement = f"{statement} {connection.ops.for_update_sql(skip_locked=skips)}"
    return fetch(statement, *values)


def commit_lazily() -> None:
    """Have the transaction's commit not wait for the disk, where PostgreSQL is asked not to.

    After a crash of the server it may be as if it had never been: for what is then done again.
    """
    if connections[database()].vendor == "postgresql":
        execute("SET LOCAL synchronous_commit = off")


@contextmanager
def _executed(statement: str, values: Sequence[Any]) -> Iterator[CursorWrapper]:
    connection = connections[database()]
    has_uuids = connection.features.has_native_uuid_field
    groups = [value if isinstance(value, list) else [value] for value in values]
    bound = [one for group in groups for one in group if _mark(one) == "%s"]
    with connection.cursor() as cursor:
        cursor.execute(
            _with_marks(statement, groups),
            [one.hex if isinstance(one, UUID) and not has_uuids else one for one in bound],
        )
        yield cursor


def _with_marks(statement: str, groups: Sequence[list[Any]]) -> str:
    """Room for each element of a list; none is in one that is empty."""
    first, *others = statement.split("%s")
    marks = (", ".join(map(_mark, group)) or "NULL" for group in groups)
    return first + "".join(f"{mark}{part}" for mark, part in zip(marks, others, strict=True))


def _mark(value: Any) -> str:
    """A number is written out: drivers take longer to find its place than databases to read it."""
    if value is None:
        return "NULL"
    return str(value) if type(value) is int else "%s"
