"""The outbox: one row for each change, in the transaction of the change."""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import Final

from django.db import Error, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..conf import conf
from ..database import clock
from ..helpdesk.writing.own_writes import acting_as_fin
from ..models import Event, database
from . import hints
from .routing import certain

logger = logging.getLogger("fin_bridge")

_INSERT: Final = (
    "INSERT INTO {table} (integration, conversation_id, cause, reaction,"
    " created_at, due_at, kind, state, attempts, detail)"
    " VALUES (%s, %s, %s, %s, {now}, {due}, 'sync', 'waiting', 0, '')"
)
"""The host's save waits for it: through the ORM it would take Python longer than the database."""


def record(conversation_id: str, cause: str, using: str | None = None) -> None:
    """Note that a conversation has changed (one INSERT), and wake a worker after the commit.

    `using` is the alias of the change. In a transaction a failure of the INSERT fails the
    transaction. In autocommit the change is in the database already: raising would make the host
    try again and double it, so that the failure is logged, and left to reconcile.
    """
    outbox = database()
    if using is not None and using != outbox:
        # What is not in the same database cannot be in the same transaction.
        transaction.on_commit(partial(record, conversation_id, cause), using=using, robust=True)
        return
    connection = transaction.get_connection(outbox)
    if connection.in_atomic_block:
        _insert(conversation_id, cause, connection)
    else:
        try:
            _insert(conversation_id, cause, connection)
        except Error:
            logger.exception("The change of conversation %s was not recorded.", conversation_id)


def _insert(conversation_id: str, cause: str, connection: BaseDatabaseWrapper) -> None:
    now, now_parameters = clock.sql(connection.vendor)
    due, due_parameters = clock.sql(connection.vendor, conf.settle)
    values = (certain(), str(conversation_id), cause[:200], acting_as_fin())
    table = connection.ops.quote_name(Event._meta.db_table)
    with transaction.mark_for_rollback_on_error(connection.alias), connection.cursor() as cursor:
        statement = _INSERT.format(table=table, now=now, due=due)
        cursor.execute(statement, (*values, *now_parameters, *due_parameters))
    _rows.recorded += 1
    connection.on_commit(_hint, robust=True)


class _Rows(threading.local):
    """How many rows this thread, and so this connection, has recorded; and those hinted at."""

    recorded = 0
    hinted = 0


_rows = _Rows()


def _hint() -> None:
    """One for all rows of a transaction: they have been committed together."""
    if _rows.hinted != _rows.recorded:
        _rows.hinted = _rows.recorded
        hints.after_commit()
