"""Leaving alone, for a while, a service that has failed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Cooldown:
    """A time in which a service that failed is not asked again.

    It takes `seconds`, and twice as long after each further failure, up to `longest`, until a
    success. `clock` returns seconds.
    """

    def __init__(
        self,
        seconds: float = 0.0,
        longest: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._first, self._clock = seconds, clock
        self._longest = seconds if longest is None else longest
        self._next, self._ends = seconds, -math.inf

    @property
    def is_on(self) -> bool:
        """Return whether the service is to be left alone at the moment."""
        return self._clock() < self._ends

    def start(self, seconds: float | None = None) -> None:
        """Leave the service alone from now on: it has failed."""
        self._ends = self._clock() + (self._next if seconds is None else seconds)
        self._next = min(self._next * 2, self._longest)

    def reset(self) -> None:
        """Take the shortest time after the next failure: the service has succeeded."""
        self._next = self._first
