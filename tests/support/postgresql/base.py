"""The backend, in the module in which Django looks for it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations


class Operations(DatabaseOperations):
    """TRUNCATE makes new files for each table and index: half a second after each test."""

    def sql_flush(self, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        """Foreign keys are deferred, and Django flushes in a transaction: any order will do."""
        if options.get("reset_sequences"):
            return super().sql_flush(style, tables, **options)
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]


class DatabaseWrapper(base.DatabaseWrapper):
    """For `ENGINE`. No test pulls the plug, so that no commit has to wait for the disk."""

    ops_class = Operations

    def get_connection_params(self) -> dict[str, Any]:
        """As Django's; what the environment asks for still counts."""
        options = f"{os.environ.get('PGOPTIONS', '')} -c synchronous_commit=off"
        return {**super().get_connection_params(), "options": options}
