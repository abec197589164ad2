"""Connections to the database: kept between a worker's tasks, and mended when they fail.

Celery's Django fix-up closes each connection that it finds before and after a task, whatever
CONN_MAX_AGE says, and to open one takes longer than all statements of a short drain. So between
two tasks ours is not among those that it finds.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from selectors import EVENT_READ, DefaultSelector
from typing import Final, TypeVar

from django.db import Error, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ..models import database

FRESH: Final = 60.0
"""Seconds after which a firewall may have forgotten an idle connection, and told neither side."""

PAUSES: Final = (0.0, 0.2, 1.0, 3.0)
"""Seconds between the tries of a write. The first serves the victim of a deadlock."""

T = TypeVar("T")
_nothing = threading.Event()


def durably(write: Callable[[], T], most: int | None = None) -> T:
    """Call `write`, and again while the database restarts or fails over; return its result.

    An answer from Fin that is not written down costs a second POST, a claim that is not given back
    a minute; the lease covers all pauses by far. Raises what the last try raises. `most` is a
    number of pauses, for writes that others wait behind.
    """
    for pause in PAUSES[:most]:
        with suppress(OperationalError, InterfaceError):
            return write()
        connections[database()].close_if_unusable_or_obsolete()
        _nothing.wait(pause)
    return write()


class _TaskConnection:
    """A connection that outlives tasks."""

    def __init__(self, alias: str) -> None:
        self.connection = connections.create_connection(alias)
        self.used = time.monotonic()

    def revive(self) -> None:
        """Have it opened anew if it has ended, as it has if the database was restarted."""
        self.connection.close_if_unusable_or_obsolete()
        if self.connection.connection is not None and not self._works():
            self.connection.close()

    def _works(self) -> bool:
        # The database is asked only for a reason: each task would wait for the answer.
        is_fresh = time.monotonic() < self.used + FRESH
        return (is_fresh and not _has_news(self.connection)) or self.connection.is_usable()

    def rest(self, *, is_well: bool) -> None:
        """End a task; one that has failed may have left a statement under way."""
        self.connection.close_if_unusable_or_obsolete()
        self.used = time.monotonic() if is_well else -math.inf


def _has_news(connection: BaseDatabaseWrapper) -> bool:
    """Return whether the server has said anything unasked, which can only be its farewell."""
    try:
        with connection.wrap_database_errors, DefaultSelector() as selector:
            selector.register(connection.connection, EVENT_READ)
            return bool(selector.select(0))
    except (ValueError, OSError, Error):
        return True  # SQLite, a driver that hides its socket, one that has closed it


_connections: dict[tuple[int, str], _TaskConnection] = {}
"""The connections by process, since a forked one must not use its parent's, and by alias."""


@contextmanager
def task_connection(alias: str) -> Iterator[None]:
    """Send a task's statements to that database over a connection that outlives the task.

    The connection lives for CONN_MAX_AGE. Nothing changes where that is 0, and in threads other
    than the main one. Inside of a transaction it must not be used: it would not see the changes.
    """
    found = connections[alias]
    is_main = threading.current_thread() is threading.main_thread()
    if found.settings_dict["CONN_MAX_AGE"] == 0 or not is_main:
        yield
        return
    key = os.getpid(), alias
    lasting = _connections[key] = _connections.get(key) or _TaskConnection(alias)
    lasting.revive()
    connections[alias] = lasting.connection
    is_well = False
    try:
        yield
        is_well = True
    finally:
        connections[alias] = found
        lasting.rest(is_well=is_well)
