"""POSTs under way: threads that do nothing but HTTP, and what they bring back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

from ..conf import conf
from .lanes import Lanes

GATHERED: Final = 50
GATHERING: Final = 0.05
"""Of a backlog so many answers are written down together, or those of so many seconds.

More would be cheaper. But what is answered and not written down is sent again if this process is
killed.
"""

HESITATION: Final = 0.01
"""Seconds without any answer after which all threads send."""

T = TypeVar("T")
R = TypeVar("R")


class Flights(Generic[T, R]):
    """What a drain has under way: of each T comes back an R, or nothing if it was called back."""

    def __init__(self, is_routine: Callable[[R | None], bool]) -> None:
        self._is_routine = is_routine
        self._began, self._landed = time.monotonic(), 0
        self.alarm = threading.Event()
        """Set by one after which no other should begin, until it is known what it means."""
        self._under_way: dict[Future[R], T] = {}
        self._back: SimpleQueue[Future[R]] = SimpleQueue()
        self._lanes = Lanes()

    def __len__(self) -> int:
        return len(self._under_way)

    @property
    def pace(self) -> float:
        """How many have come back a second."""
        return self._landed / max(time.monotonic() - self._began, 0.001)

    @property
    def has_backlog(self) -> bool:
        """Whether more are under way than threads can have begun."""
        return len(self._under_way) > conf.in_flight

    def start(self, one: T, fly: Callable[[], R]) -> None:
        """Have a thread do it as soon as one is free."""
        flight: Future[R] = Future()
        self._under_way[flight] = one
        flight.add_done_callback(self._back.put)
        self._lanes.add(partial(_fly, flight, fly))

    def call_back(self) -> None:
        """Those that no thread has begun come back at once, with nothing."""
        for flight in list(self._under_way):
            flight.cancel()

    def land(self, timeout: float | None = None) -> Iterator[tuple[T, R | None]]:
        """Wait for one that is under way; and for more while that keeps no thread idle.

        What is no routine is not kept waiting: it may have to stop all others. Empty if nothing
        came within `timeout` seconds. One by one: an interruption loses none that has landed.
        """
        with suppress(Empty):
            yield (last := self._next(timeout))
            ends = time.monotonic() + GATHERING
            for _ in range(min(len(self), GATHERED - 1)):
                waits = self.has_backlog and self._is_routine(last[1])
                yield (last := self._next(max(0, ends - time.monotonic()) if waits else 0))

    def _next(self, timeout: float | None) -> tuple[T, R | None]:
        flight = self._get(timeout)
        one = self._under_way.pop(flight)
        self._landed += 1
        return one, None if flight.cancelled() else flight.result()

    def _get(self, timeout: float | None) -> Future[R]:
        if timeout is not None and timeout <= HESITATION:
            return self._back.get(timeout=timeout)
        with suppress(Empty):
            return self._back.get(timeout=HESITATION)
        self._lanes.widen()
        return self._back.get(timeout=None if timeout is None else timeout - HESITATION)


def _fly(flight: Future[R], fly: Callable[[], R]) -> None:
    """In a thread: do it, unless it was called back."""
    if flight.set_running_or_notify_cancel():
        try:
            flight.set_result(fly())
        except BaseException as error:  # noqa: BLE001  # raised where it lands
            flight.set_exception(error)
