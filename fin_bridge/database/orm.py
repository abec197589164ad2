"""What all of our tables are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper


class PrimaryManager(models.Manager[Any]):
    """Reads from the database that is written to, whatever replicas the routers know."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """On the write alias."""
        return super().get_queryset().using(router.db_for_write(self.model))


def rows_of(model: type[models.Model]) -> models.QuerySet[Any]:
    """All of a host's model, from the database that is written to.

    By the base manager: a default manager may filter by the current request.
    """
    return model._base_manager.using(router.db_for_write(model))


class IdField(models.CharField):  # type: ignore[type-arg]  # generic in the stubs only
    """An opaque id, compared exactly: MySQL's default collations fold case and accents."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 255)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """With a binary collation on MySQL and MariaDB; the others compare exactly anyway."""
        db_type = super().db_type(connection) or ""
        return f"{db_type} COLLATE utf8mb4_bin" if connection.vendor == "mysql" else db_type


def insert_from(rows: models.QuerySet[Any], values: Mapping[str, Any]) -> int:
    """`INSERT ... SELECT`: beside each of the rows a new one of the same table; how many.

    `values` are expressions over the row that there is. What it does not name must be nullable.
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
