"""The base of the commands that read fin_bridge's tables."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from ..models import Event, database


class TablesCommand(BaseCommand):
    """Asks for `migrate` in one line where the tables are missing, without a traceback."""

    def execute(self, *args: Any, **options: Any) -> str | None:
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
