"""The tasks' connection to the database, kept from one task to the next.

Celery's Django fix-up closes each connection that it finds before and after a task, whatever
CONN_MAX_AGE says; to open one takes longer than all statements of a short drain. So between two
tasks ours is not among those that are found.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from selectors import EVENT_READ, DefaultSelector
from typing import Final

from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

FRESH: Final = 60.0
"""Seconds after which a firewall may have forgotten an idle connection, and told neither side."""


class _Kept:
    """A connection between two tasks."""

    def __init__(self, alias: str) -> None:
        self.connection = connections.create_connection(alias)
        self.used = time.monotonic()

    def revive(self) -> None:
        """Have it opened anew if it has ended: the database may have been restarted meanwhile."""
        self.connection.close_if_unusable_or_obsolete()
        if self.connection.connection is not None and not self._works():
            self.connection.close()

    def _works(self) -> bool:
        """Asked only for a reason: that is a way to the database and back for each task."""
        is_fresh = time.monotonic() < self.used + FRESH
        return (is_fresh and not _has_news(self.connection)) or self.connection.is_usable()

    def rest(self, *, is_well: bool) -> None:
        """A task has ended; one that an exception has may have left a statement under way."""
        self.connection.close_if_unusable_or_obsolete()
        self.used = time.monotonic() if is_well else -math.inf


def _has_news(connection: BaseDatabaseWrapper) -> bool:
    """Whether the server has said anything since: to who does not ask it says only farewell."""
    try:
        with connection.wrap_database_errors, DefaultSelector() as selector:
            selector.register(connection.connection, EVENT_READ)
            return bool(selector.select(0))
    except (ValueError, OSError, Error):
        return True  # SQLite, a driver that hides its socket, one that has closed it


_kept: dict[tuple[int, str], _Kept] = {}
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
    key = os.getpid(), alias
    kept = _kept[key] = _kept.get(key) or _Kept(alias)
    kept.revive()
    connections[alias] = kept.connection
    is_well = False
    try:
        yield
        is_well = True
    finally:
        connections[alias] = found
        kept.rest(is_well=is_well)
