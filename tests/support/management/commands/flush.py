"""Empties the tables after a test, but for those that `migrate` has filled.

Django empties these too and fills them again, which takes ten times as long as all the others.
"""

from typing import Any

from django.core.management.color import no_style
from django.core.management.commands import flush
from django.db import connections

from tests.support.live_requests import wait_for_the_last

FILLED = {"auth_permission", "django_content_type"}


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        wait_for_the_last()
        connection = connections[options["database"]]
        tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        statements = connection.ops.sql_flush(
            no_style(),
            [table for table in tables if table not in FILLED],
            reset_sequences=options.get("reset_sequences", True),
            allow_cascade=options.get("allow_cascade", False),
        )
        connection.ops.execute_sql_flush(statements)
