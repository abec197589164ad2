"""Writing down what has happened, even while the database restarts or fails over.

An answer of Fin's that is not written down costs a second POST, a claim that is not given back a
minute. So both are tried again for a few seconds; the lease covers that by far.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from django.db import InterfaceError, OperationalError, connections

from ..models import database

PAUSES: Final = (0.0, 0.2, 1.0, 3.0)
"""Seconds between tries. The first serves the victim of a deadlock."""

T = TypeVar("T")
_nothing = threading.Event()


def insist(write: Callable[[], T], most: int | None = None) -> T:
    """What `write` returns, at the latest try. Raises what that raises.

    `most` pauses, if not all: where something else is waiting that has to be written down.
    """
    for pause in PAUSES[:most]:
        with suppress(OperationalError, InterfaceError):
            return write()
        connections[database()].close_if_unusable_or_obsolete()
        _nothing.wait(pause)
    return write()
