"""The schedule of synchronisations: debounced, one at a time, tried again."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")

RETRIES = 5
_WORKERS = 8


@dataclass
class _Job:
    due: float | None = None
    is_running: bool = False
    failures: int = 0


class SyncScheduler(Generic[Key]):
    """Runs `sync(key)` some time after it was requested, never twice at once for one key.

    A request while a sync waits is served by it; a request while it runs, by another one
    afterwards. A sync that returns False is tried again up to RETRIES times, each `retry_interval`
    seconds after the last (contract, Fin's own retries).
    """

    def __init__(
        self,
        sync: Callable[[Key], bool],
        give_up: Callable[[Key], None],
        *,
        debounce: float,
        retry_interval: float,
    ) -> None:
        self._sync, self._give_up = sync, give_up
        self._debounce, self._retry_interval = debounce, retry_interval
        self._jobs: dict[Key, _Job] = {}
        self._changed = threading.Condition()
        self._is_stopping = False
        self._dispatcher = threading.Thread(target=self._dispatch, name="fin-scheduler")
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="fin-sync")

    def start(self) -> None:
        self._dispatcher.start()

    def stop(self) -> None:
        """Let running syncs end and forget those that wait."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        self._dispatcher.join()
        self._workers.shutdown(cancel_futures=True)

    def request(self, key: Key, *, is_urgent: bool = False) -> None:
        """Ask for a sync, after the debounce time or at once; it has all its retries again."""
        due = time.monotonic() + (0 if is_urgent else self._debounce)
        with self._changed:
            job = self._jobs.setdefault(key, _Job())
            job.failures = 0
            job.due = due if job.due is None else min(job.due, due)
            self._changed.notify_all()

    @property
    def is_idle(self) -> bool:
        with self._changed:
            return not self._jobs

    def _dispatch(self) -> None:
        with self._changed:
            while not self._is_stopping:
                waiting = [
                    (job.due, key)
                    for key, job in self._jobs.items()
                    if job.due is not None and not job.is_running
                ]
                due, key = min(waiting, key=lambda entry: entry[0], default=(None, None))
                if due is None or key is None or due > time.monotonic():
                    self._changed.wait(None if due is None else due - time.monotonic())
                    continue
                self._begin(key)

    def _begin(self, key: Key) -> None:
        job = self._jobs[key]
        job.due, job.is_running = None, True
        self._workers.submit(self._run, key).add_done_callback(_report)

    def _run(self, key: Key) -> None:
        is_done = False
        try:
            is_done = self._sync(key)
        finally:
            self._settle(key, is_done)

    def _settle(self, key: Key, is_done: bool) -> None:
        with self._changed:
            job = self._jobs[key]
            job.is_running = False
            job.failures = 0 if is_done else job.failures + 1
            is_hopeless = job.failures > RETRIES
            if job.due is None and not is_done and not is_hopeless:
                job.due = time.monotonic() + self._retry_interval
            if job.due is None:
                del self._jobs[key]
            self._changed.notify_all()
        if is_hopeless:
            self._give_up(key)


def _report(future: "Future[None]") -> None:
    if not future.cancelled():
        future.result()
