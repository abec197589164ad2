"""The tasks' connection to the database, kept from one task to the next.

Celery's Django fix-up closes each connection that it finds before and after a task, whatever
CONN_MAX_AGE says; to open one takes longer than all statements of a short drain. So between two
tasks ours is not among those that are found.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


class _Kept(threading.local):
    """This thread's, which are no other thread's."""

    def __init__(self) -> None:
        self.connections: dict[tuple[int, str], BaseDatabaseWrapper] = {}


_kept = _Kept()


@contextmanager
def kept_connection(alias: str) -> Iterator[None]:
    """That database's statements go over the kept connection, which lives for CONN_MAX_AGE.

    Not for within a transaction of the thread's: it would not see what that has done.
    """
    found = connections[alias]
    connections[alias] = kept = _connection(alias)
    try:
        yield
    finally:
        kept.close_if_unusable_or_obsolete()
        connections[alias] = found


def _connection(alias: str) -> BaseDatabaseWrapper:
    """The kept one if it still works: the database may have been restarted while it was idle.

    A forked process has its own.
    """
    key = os.getpid(), alias
    if key not in _kept.connections:
        _kept.connections[key] = connections.create_connection(alias)
    connection = _kept.connections[key]
    connection.close_if_unusable_or_obsolete()
    if connection.connection is not None and not connection.is_usable():
        connection.close()
    return connection
