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

_kept: dict[tuple[int, str], BaseDatabaseWrapper] = {}
"""By process, since none is a forked one's as well, and alias."""


@contextmanager
def kept_connection(alias: str) -> Iterator[None]:
    """That database's statements go over the kept connection, which lives for CONN_MAX_AGE.

    Only where there is anything to keep, and in the one thread of a process that is always there.
    Not for within a transaction of the thread's: it would not see what that has done.
    """
    found = connections[alias]
    is_main = threading.current_thread() is threading.main_thread()
    if found.settings_dict["CONN_MAX_AGE"] == 0 or not is_main:
        yield
        return
    connections[alias] = kept = _connection(alias)
    try:
        yield
    finally:
        connections[alias] = found
        kept.close_if_unusable_or_obsolete()


def _connection(alias: str) -> BaseDatabaseWrapper:
    """The kept one if it still works: the database may have been restarted while it was idle."""
    key = os.getpid(), alias
    if key not in _kept:
        _kept[key] = connections.create_connection(alias)
    connection = _kept[key]
    connection.close_if_unusable_or_obsolete()
    if connection.connection is not None and not connection.is_usable():
        connection.close()
    return connection
