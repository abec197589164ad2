"""The outbox: one row for each change, in the transaction of the change."""

from __future__ import annotations

import logging
import threading
from functools import partial

from django.db import Error, transaction

from ..conf import conf
from ..database import sql, statements
from ..database.clock import Now
from ..helpdesk.writing.own_writes import acting_as_fin
from ..models import database
from . import hints
from .routing import certain

logger = logging.getLogger("fin_bridge")


def record(conversation_id: str, cause: str, using: str | None = None) -> None:
    """Note that a conversation has changed (one INSERT), and wake a worker after the commit.

    `using` is the alias of the change. In a transaction a failure of the INSERT fails the
    transaction. In autocommit the change is in the database already: raising would make the host
    try again and double it, so the failure is logged, and reconcile finds the change.
    """
    outbox = database()
    if using is not None and using != outbox:
        # What is not in the same database cannot be in the same transaction.
        transaction.on_commit(partial(record, conversation_id, cause), using=using, robust=True)
    elif transaction.get_connection(outbox).in_atomic_block:
        _insert(conversation_id, cause, outbox)
    else:
        try:
            _insert(conversation_id, cause, outbox)
        except Error:
            logger.exception("The change of conversation %s was not recorded.", conversation_id)


def _insert(conversation_id: str, cause: str, using: str) -> None:
    values = (certain(), str(conversation_id), cause[:200], acting_as_fin())
    with transaction.mark_for_rollback_on_error(using):
        sql.execute(statements.RECORD_CHANGE, *values, Now(), Now(ahead=conf.settle))
    _rows.recorded += 1
    transaction.on_commit(_hint, using=using, robust=True)


class _Rows(threading.local):
    """The numbers of rows that this thread, and so this connection, has recorded and hinted at."""

    recorded = 0
    hinted = 0


_rows = _Rows()


def _hint() -> None:
    """Send one hint for all rows of a transaction: they have been committed together."""
    if _rows.hinted != _rows.recorded:
        _rows.hinted = _rows.recorded
        hints.after_commit()
