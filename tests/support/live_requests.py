"""Requests that the live server has answered and not yet ended: their threads close connections.

A test ends when it has its answer. Its tables are emptied, and the database is closed to all,
only once the server's threads are through.
"""

import threading
from typing import Any

from django.core.signals import request_finished, request_started
from django.dispatch import receiver

_PATIENCE = 5
_running: set[int] = set()
_changed = threading.Condition()


@receiver(request_started)
def _start(**_: Any) -> None:
    if threading.current_thread() is not threading.main_thread():
        with _changed:
            _running.add(threading.get_ident())


@receiver(request_finished)
def _finish(**_: Any) -> None:
    with _changed:
        _running.discard(threading.get_ident())
        _changed.notify_all()


def wait_for_the_last() -> None:
    """Return when no thread is in a request any more, or after a few seconds."""
    with _changed:
        _changed.wait_for(lambda: not _running, _PATIENCE)
        _running.clear()
