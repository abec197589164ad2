"""POSTs in flight: threads that do nothing but HTTP, and the answers that they bring back."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

from ..conf import conf

GATHERED: Final = 50
GATHERING: Final = 0.05
"""In a backlog so many answers are written down together, or those of so many seconds.

More would be cheaper. But what is answered and not written down is sent again if this process is
killed.
"""

T = TypeVar("T")
R = TypeVar("R")


@lru_cache(maxsize=1)
def _threads(process: int, most: int) -> ThreadPoolExecutor:
    """Make the threads, which are kept between drains together with their connections.

    A forked process makes its own, since its parent's threads are gone.
    """
    return ThreadPoolExecutor(most, thread_name_prefix="fin_bridge")


class InFlight(Generic[T, R]):
    """The POSTs that a drain has under way: for each T comes back an R, or None if recalled."""

    def __init__(self, is_routine: Callable[[R | None], bool]) -> None:
        self._is_routine = is_routine
        self._began, self._collected = time.monotonic(), 0
        self.alarm = threading.Event()
        """A POST sets it after whose answer no other should begin until it is understood."""
        self._under_way: dict[Future[R], T] = {}
        self._back: SimpleQueue[Future[R]] = SimpleQueue()

    def __len__(self) -> int:
        return len(self._under_way)

    @property
    def pace(self) -> float:
        """Return how many have come back a second."""
        return self._collected / max(time.monotonic() - self._began, 0.001)

    @property
    def has_backlog(self) -> bool:
        """Return whether more are under way than threads can have begun."""
        return len(self._under_way) > conf.in_flight

    def start(self, subject: T, post: Callable[[], R]) -> None:
        """Have a thread call `post` as soon as one is free."""
        future = _threads(os.getpid(), conf.in_flight).submit(post)
        self._under_way[future] = subject
        future.add_done_callback(self._back.put)

    def recall(self) -> None:
        """Have those that no thread has begun come back at once, with None."""
        for future in list(self._under_way):
            future.cancel()

    def collect(self, timeout: float | None = None) -> Iterator[tuple[T, R | None]]:
        """Wait for one that is under way; and for more while that keeps no thread idle.

        An answer that is no routine is handed out at once: it may have to stop all others. Nothing
        comes if there is no answer within `timeout` seconds. They come one by one, so an
        interruption loses none of them.
        """
        with suppress(Empty):
            yield (last := self._next(timeout))
            ends = time.monotonic() + GATHERING
            for _ in range(min(len(self), GATHERED - 1)):
                waits = self.has_backlog and self._is_routine(last[1])
                yield (last := self._next(max(0, ends - time.monotonic()) if waits else 0))

    def _next(self, timeout: float | None) -> tuple[T, R | None]:
        future = self._back.get(timeout=timeout)
        subject = self._under_way.pop(future)
        self._collected += 1
        return subject, None if future.cancelled() else future.result()
