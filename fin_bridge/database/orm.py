"""The manager and the fields that our tables are made of, and `INSERT ... SELECT`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper


class PrimaryManager(models.Manager[Any]):
    """A manager that reads from the database that is written to, and from no replica."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().using(router.db_for_write(self.model))


def rows_of(model: type[models.Model]) -> models.QuerySet[Any]:
    """Return all rows of a host's model, from the database that is written to.

    They come from the base manager: a default manager may filter by the current request.
    """
    return model._base_manager.using(router.db_for_write(model))


class IdField(models.CharField):  # type: ignore[type-arg]  # generic in the stubs only
    """An opaque id that is compared exactly, also where a database folds case and accents."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 255)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        # Only the default collations of MySQL and MariaDB fold anything.
        db_type = super().db_type(connection) or ""
        return f"{db_type} COLLATE utf8mb4_bin" if connection.vendor == "mysql" else db_type


def insert_from(rows: models.QuerySet[Any], values: Mapping[str, Any]) -> int:
    """Add a new row to the table for each of `rows`, in one statement; return their number.

    `values` maps names of fields to expressions over the row that there is. A field that it does
    not name must be nullable.
    """
    connection, meta = connections[rows.db], rows.model._meta
    quote = connection.ops.quote_name
    columns = ", ".join(quote(meta.get_field(name).column) for name in values)
    new = {f"new_{name}": value for name, value in values.items()}
    query = rows.annotate(**new).values_list(*new).query
    select, parameters = query.get_compiler(rows.db).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(meta.db_table)} ({columns}) {select}", parameters)
        return int(cursor.rowcount)
