"""The log of Fin's calls for the operators: without bodies, and never a reason to fail a call."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ..database import sql, statements
from ..database.clock import Now
from .wire.fields import UNSTORABLE

logger = logging.getLogger("fin_bridge")

MOST_STRANGERS: Final = 60  # entries a minute and process
"""Refused calls of unknown callers beyond this number are counted, not logged."""


@dataclass
class Entry:
    """An entry is a row of the log that is filled in while the call is answered.

    `integration` is empty until the caller is known. `detail` says why a call was refused, or
    what was done otherwise than Fin asked.
    """

    operation: str = ""
    integration: str = ""
    conversation_id: str = ""
    status: int = 0
    detail: str = ""
    started: float = field(default_factory=time.monotonic)


class Allowance:
    """Limit the rows that strangers can cause, since they choose how often they call."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._minute, self._noted, self._omitted = -1, 0, 0

    def take(self) -> int | None:
        """Return None for a call that is not to be logged.

        For any other, return how many calls were left out since the last one that was logged.
        """
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


def note(entry: Entry) -> None:
    """Write the entry unless too many strangers call; a failure goes to Python's log only."""
    if entry.status >= 400 and not entry.integration:
        omitted = allowance.take()
        if omitted is None:
            return
        entry.detail += f" ({omitted} more before it were not noted.)" if omitted else ""
    try:
        write(entry)
    except Exception:
        logger.exception("A call of Fin's was answered, but not noted.")


def write(entry: Entry) -> None:
    """Write the entry's row; raise `django.db.Error` where the database does."""
    sql.execute(
        statements.NOTE_CALL,
        _fit(entry.operation, 32),
        entry.integration,
        _fit(entry.conversation_id, 255),
        entry.status,
        round((time.monotonic() - entry.started) * 1000),
        _fit(entry.detail, 500),
        Now(),
    )


def _fit(text: str, length: int) -> str:
    return UNSTORABLE.sub("", text)[:length]
