"""The base of commands that read our tables: it says so where there are none yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from ..models import Event, database


class TablesCommand(BaseCommand):
    """Names `migrate` in one line, in place of a database's error after a long traceback."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django does; the tables are looked for only where something has failed."""
        try:
            return super().execute(*args, **options)
        except DatabaseError as error:
            if _ours() <= _there():
                raise
            message = "The tables of fin_bridge are not there: run manage.py migrate."
            raise CommandError(message) from error


def _ours() -> set[str]:
    return {model._meta.db_table for model in Event._meta.app_config.get_models()}


def _there() -> set[str]:
    return set(connections[database()].introspection.table_names())
