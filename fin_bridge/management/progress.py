"""The progress of a command: a bar where tqdm is installed, else a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, TextIO

EVERY: Final = 1.0  # seconds between two lines


class Progress:
    """A context that is called with each number of events done; at its end the bar ends."""

    def __init__(
        self, total: int, stream: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total, self._stream, self._clock = total, stream, clock
        self._done, self._said_at = 0, clock()
        self._began_at = self._said_at
        self._bar = _bar(total, stream)

    def __enter__(self) -> Progress:
        return self

    def __call__(self, count: int) -> None:
        """Add so many events to those that are done."""
        self._done += count
        if self._bar is not None:
            self._bar.update(count)
        elif self._clock() - self._said_at >= EVERY or self._done >= self._total:
            self._said_at = self._clock()
            self._stream.write(f"{self._done} of {self._total} events{self._speed()}\n")

    def _speed(self) -> str:
        passed = self._said_at - self._began_at
        if not passed or not self._done:
            return ""
        rate = self._done / passed
        left = (self._total - self._done) / rate
        return f", {rate:.0f} a second, {left:.0f} s left"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()


def _bar(total: int, stream: TextIO) -> Any:
    """Return tqdm's bar, or None without the extra `progress`."""
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=total, unit="event", file=stream)
