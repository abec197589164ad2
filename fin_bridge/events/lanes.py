"""The sending threads of a process: as many as are of use."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from ..conf import conf

FEW: Final = 2
QUICK: Final = 0.003
"""So many threads send what takes no longer than so many seconds.

More would only take the interpreter's lock from each other: ten of them take half again the time.
"""

MANY: Final = 10
"""If so many more were slow than quick, all threads send."""

Job = Callable[[], None]


class _Pool:
    """The threads, kept between drains with their connections."""

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


class Lanes:
    """Those of one drain: in each, a thread does one job after the other until none is left."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()
        self._open, self._most, self._slow = 0, min(FEW, conf.in_flight), 0

    def add(self, job: Job) -> None:
        """Have it done, in turn. It raises nothing."""
        self._jobs.append(job)
        self._open_lanes()

    def widen(self) -> None:
        """All threads are of use: answers are slow, or do not come at all."""
        self._most = conf.in_flight
        self._open_lanes()

    def _open_lanes(self) -> None:
        with self._lock:
            more = min(self._most - self._open, len(self._jobs))
            self._open += more
        for _ in range(more):
            _pool.get().submit(self._run)

    def _run(self) -> None:
        while (job := self._take()) is not None:
            started = time.monotonic()
            job()
            self._learn(time.monotonic() - started)

    def _take(self) -> Job | None:
        """The next one; without any the lane is closed."""
        with self._lock:
            if self._jobs:
                return self._jobs.popleft()
            self._open -= 1
            return None

    def _learn(self, seconds: float) -> None:
        with self._lock:
            self._slow = max(0, self._slow + (1 if seconds > QUICK else -1))
        if self._slow > MANY:
            self.widen()
