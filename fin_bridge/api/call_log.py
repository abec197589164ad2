"""Fin's calls, as the operators see them; no bodies, and never a reason for a call to fail."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from ..database import sql, statements
from ..database.clock import Now
from .wire.fields import UNSTORABLE

logger = logging.getLogger("fin_bridge")

MOST_STRANGERS: Final = 60
"""Refused calls of nobody whom we know that a process notes in a minute."""


class Allowance:
    """How many such calls there are is for strangers to choose: how many rows we write is not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._minute, self._noted, self._omitted = -1, 0, 0

    def take(self) -> int | None:
        """None for a call that is not to be noted, else how many were not since the last one."""
        with self._lock:
            minute = int(self._clock() // 60)
            if minute != self._minute:
                self._minute, self._noted = minute, 0
            if self._noted == MOST_STRANGERS:
                self._omitted += 1
                return None
            self._noted += 1
            omitted, self._omitted = self._omitted, 0
            return omitted


allowance = Allowance()


def note(
    operation: str,
    integration: str,
    conversation_id: str,
    status: int,
    seconds: float,
    detail: str,
) -> None:
    """One row, unless too many strangers call."""
    if status >= 400 and not integration:
        omitted = allowance.take()
        if omitted is None:
            return
        detail += f" ({omitted} more before it were not noted.)" if omitted else ""
    try:
        write(operation, integration, conversation_id, status, seconds, detail)
    except Exception:
        logger.exception("A call of Fin's was answered, but not noted.")


def write(
    operation: str,
    integration: str,
    conversation_id: str,
    status: int,
    seconds: float,
    detail: str,
) -> None:
    """The row; raises what the database does."""
    sql.execute(
        statements.NOTE_CALL,
        _fit(operation, 32),
        integration,
        _fit(conversation_id, 255),
        status,
        round(seconds * 1000),
        _fit(detail, 500),
        Now(),
    )


def _fit(text: str, length: int) -> str:
    return UNSTORABLE.sub("", text)[:length]
