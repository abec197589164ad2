"""The outbox: one row for each change, in the transaction of the change."""

from __future__ import annotations

import logging
import threading
from functools import partial

from django.db import Error, transaction

from ..clock import Now
from ..conf import conf
from ..helpdesk import current
from ..helpdesk.echo import acting_as_fin
from ..models import Event, database
from . import wake

logger = logging.getLogger("fin_bridge")


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
    elif transaction.get_connection(outbox).in_atomic_block:
        _insert(conversation_id, cause, outbox)
    else:
        try:
            _insert(conversation_id, cause, outbox)
        except Error:
            logger.exception("The change of conversation %s was not recorded.", conversation_id)


def _insert(conversation_id: str, cause: str, using: str) -> None:
    Event(
        integration=_integration(),
        conversation_id=conversation_id,
        cause=cause[:200],
        reaction=acting_as_fin(),
        created_at=Now(),
        due_at=Now(ahead=conf.settle),
    ).save(using=using, force_insert=True)
    _rows.recorded += 1
    transaction.on_commit(_hint, using=using, robust=True)


class _Rows(threading.local):
    """How many rows this thread, and so this connection, has recorded; and those hinted at."""

    recorded = 0
    hinted = 0


_rows = _Rows()


def _hint() -> None:
    """One for all rows of a transaction: they have been committed together."""
    if _rows.hinted != _rows.recorded:
        _rows.hinted = _rows.recorded
        wake.after_commit()


def _integration() -> str:
    """Where there is nothing to find out about a conversation, whose it is is known now."""
    names, conversations = list(conf.integrations), current().conversations
    is_known = conversations.scope == "all" and not conversations.is_filtered
    return names[0] if len(names) == 1 and is_known else ""
