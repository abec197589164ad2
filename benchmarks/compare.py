"""Contenders in turn, A B A B, in one run; medians, spread, ratios, and what was hoped for.

A ratio is the median of the ratios of single rounds: what disturbs a round mostly disturbs all
contenders in it.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.contender import Contender

Round = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Goal:
    """What `of` may be `at_most`, or must be `at_least`, of another; of nothing: in itself."""

    of: str
    to: str = ""
    at_most: float | None = None
    at_least: float | None = None

    def holds(self, value: float) -> bool:
        """Whether that is good enough. What lies below 0 is noise: a difference of two saves."""
        return (
            value >= 0
            and (self.at_most is None or value <= self.at_most)
            and (self.at_least is None or value >= self.at_least)
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured: the samples of each contender, round by round."""

    title: str
    unit: str
    samples: Mapping[str, list[float]]
    goals: tuple[Goal, ...] = ()
    where: str = ""
    """Database and broker."""

    def ratio(self, of: str, to: str) -> float:
        """The median of the rounds' ratios; the median itself where there is no other.

        The ratio of the medians where noise has made a difference vanish in one of the rounds.
        """
        if not to:
            return statistics.median(self.samples[of])
        ours, theirs = self.samples[of], self.samples[to]
        if min(theirs) <= 0:
            return statistics.median(ours) / statistics.median(theirs)
        return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def in_turn(
    contenders: Mapping[str, Round], rounds: int, *, warmup: int = 1, **arguments: Any
) -> dict[str, list[Any]]:
    """What each yields, round by round; who begins changes. What warms up is not counted."""
    names = list(contenders)
    samples: dict[str, list[Any]] = {name: [] for name in names}
    for number in range(-warmup, rounds):
        for name in names if number % 2 else reversed(names):
            value = contenders[name](**arguments)
            if number >= 0:
                samples[name].append(value)
    return samples


class Ring:
    """Contenders that are kept running while they are compared."""

    def __init__(self, **contenders: Contender) -> None:
        self._contenders = contenders

    def __enter__(self) -> dict[str, Round]:
        return {
            name.replace("_", " "): contender.round for name, contender in self._contenders.items()
        }

    def __exit__(self, *_: object) -> None:
        for contender in self._contenders.values():
            contender.stop()


def say(text: str) -> None:
    """To whoever waits for the end of it."""
    sys.stderr.write(f"{text}\n")
