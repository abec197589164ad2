"""Hints that something is due: cheap, few, and never waited for. The row is the truth.

A hint names no event, so one serves many. It may be lost or doubled; each drain wakes itself again
for the next due row.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from ..conf import conf
from ..cooldown import Cooldown

logger = logging.getLogger("fin_bridge")

BREAK: Final = 5.0
LONGEST_BREAK: Final = 30.0
"""Seconds without a hint after the broker failed, doubled while it goes on failing.

The sweep finds what is due in that time. Each try may hold up a save for a second; few do.
"""

SLOW: Final = 0.1
"""Seconds: a broker that takes longer twice running is left alone by hints as if it failed."""


class Waker:
    """The hints of one process.

    `send` takes the seconds until a worker is to look, and raises what the broker's client raises.
    Without it nobody is woken, and the sweep finds what is due.
    """

    def __init__(
        self,
        send: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send, self._clock = send, clock
        self._pending: list[float] = []
        self.failure = Cooldown(BREAK, LONGEST_BREAK, clock)
        """It is on after the broker failed, for whatever is sent to it."""
        self._slowness = Cooldown(BREAK, LONGEST_BREAK, clock)
        self._was_slow = False
        self._lock = threading.Lock()

    def after(self, seconds: float, slack: float) -> None:
        """Have a worker look after so many seconds, unless one will within `slack` before that."""
        now = self._clock()
        if self._send is None or self.failure.is_on or self._slowness.is_on:
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
            self.failure.start()
            logger.warning("No hint could be sent: the broker does not answer: %r", error)
            logger.debug("Where the hint failed.", exc_info=True)
        else:
            self.failure.reset()
            self._note(self._clock() - now)

    def _note(self, took: float) -> None:
        """Leave a slow broker alone, unless it was slow for the first time.

        The first hint of a process is slow in any case: it imports and connects.
        """
        is_slow = took > SLOW
        if is_slow and self._was_slow:
            self._slowness.start()
            logger.warning("The broker is slow: %.3f s for a hint.", took)
        elif not is_slow:
            self._slowness.reset()
        self._was_slow = is_slow


waker = Waker()
"""This process's hints; the app puts in its sender when it is ready."""


def after_commit() -> None:
    """Hint at what was recorded: it is due when the changes around it have settled."""
    settle = conf.settle.total_seconds()
    waker.after(settle, slack=settle / 2)


def again(seconds: float) -> None:
    """Hint at what will be due then, unless this process looks before that."""
    waker.after(seconds, slack=seconds)
