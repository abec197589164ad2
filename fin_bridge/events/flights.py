"""POSTs under way: threads that do nothing but HTTP, and what they bring back."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

from ..conf import conf

GATHERED: Final = 50
GATHERING: Final = 0.05
"""Of a backlog so many answers are written down together, or those of so many seconds.

More would be cheaper. But what is answered and not written down is sent again if this process is
killed.
"""

T = TypeVar("T")
R = TypeVar("R")


class _Pool:
    """The sending threads of a process, kept between drains with their connections."""

    def __init__(self) -> None:
        self._made_for: tuple[int, int] = (0, 0)
        self._executor: ThreadPoolExecutor | None = None

    def get(self) -> ThreadPoolExecutor:
        """Its own after a fork, where the parent's threads are gone."""
        wanted = (os.getpid(), conf.in_flight)
        if self._executor is None or self._made_for != wanted:
            self._executor = ThreadPoolExecutor(conf.in_flight, thread_name_prefix="fin_bridge")
            self._made_for = wanted
        return self._executor


_pool = _Pool()


class Flights(Generic[T, R]):
    """What a drain has under way: of each T comes back an R, or nothing if it was called back."""

    def __init__(self, is_routine: Callable[[R | None], bool]) -> None:
        self._is_routine = is_routine
        self._began, self._landed = time.monotonic(), 0
        self.alarm = threading.Event()
        """Set by one after which no other should begin, until it is known what it means."""
        self._under_way: dict[Future[R], T] = {}
        self._back: SimpleQueue[Future[R]] = SimpleQueue()

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
        flight = _pool.get().submit(fly)
        self._under_way[flight] = one
        flight.add_done_callback(self._back.put)

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
        flight = self._back.get(timeout=timeout)
        one = self._under_way.pop(flight)
        self._landed += 1
        return one, None if flight.cancelled() else flight.result()
