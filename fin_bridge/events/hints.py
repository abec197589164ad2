"""Hints that something is due: cheap, few, and never waited for. The row is the truth.

A hint names no event, so that one serves many. It may be lost or doubled; each drain wakes itself
again for the next due row.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from ..conf import conf

logger = logging.getLogger("fin_bridge")

BREAK: Final = 5.0
LONGEST_BREAK: Final = 30.0
"""Seconds without a hint after the broker failed, doubled while it goes on failing.

The sweep finds what is due meanwhile. Each try may hold up a save for a second; few do.
"""

SLOW: Final = 0.1
"""Seconds: a broker that takes longer twice running is left alone by hints as if it failed."""


class Waker:
    """The hints of one process. `send` takes the seconds until a worker is to look."""

    def __init__(
        self, send: Callable[[float], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._send, self._clock = send, clock
        self._pending: list[float] = []
        self._broken_until = self._slow_until = 0.0
        self._failures = 0
        self._was_slow = False
        self._lock = threading.Lock()

    def after(self, seconds: float, slack: float) -> None:
        """Have a worker look after so many seconds, unless one will within `slack` before that."""
        now = self._clock()
        if now < max(self._broken_until, self._slow_until):
            return
        moment = now + seconds
        with self._lock:
            self._pending = [pending for pending in self._pending if pending > now]
            if any(moment - slack <= pending <= moment for pending in self._pending):
                return
            self._pending.append(moment)
        try:
            self._send(seconds)
        except Exception as error:  # each broker's client has exceptions of its own
            self.break_off()
            logger.warning("No hint could be sent: the broker does not answer: %r", error)
            logger.debug("Where the hint failed.", exc_info=True)
        else:
            self._note(self._clock() - now)

    def _note(self, took: float) -> None:
        """A hint was sent. The first of a process is slow in any case: it imports and connects."""
        is_slow = took > SLOW
        if is_slow and self._was_slow:
            self._slow_until = self._clock() + self._next_break()
            logger.warning("The broker is slow: %.3f s for a hint.", took)
        elif not is_slow:
            self._failures = 0
        self._was_slow = is_slow

    def is_broken(self) -> bool:
        """Whether the broker failed a moment ago, so that it is not tried again yet."""
        return self._clock() < self._broken_until

    def break_off(self) -> None:
        """The broker has failed."""
        self._broken_until = self._clock() + self._next_break()

    def _next_break(self) -> float:
        self._failures = min(self._failures + 1, 10)
        return min(BREAK * 2.0 ** (self._failures - 1), LONGEST_BREAK)


def _send(seconds: float) -> None:
    from .. import tasks  # the one module that knows Celery imports this one

    tasks.hint(seconds)


waker = Waker(_send)


def after_commit() -> None:
    """Something has been recorded: it is due when the changes around it have settled."""
    settle = conf.settle.total_seconds()
    waker.after(settle, slack=settle / 2)


def again(seconds: float) -> None:
    """More will be due then; a look of this process's that comes before will see to it."""
    waker.after(seconds, slack=seconds)
