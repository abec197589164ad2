"""Bars over time: where each piece of one stands, in the units of the drawing. Pure.

The drawing has no style and no script of its own, so that a strict content security policy takes
it; its colours are classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HEIGHT: Final = 100
WIDTH: Final = 10
"""Of a bar, with its gap."""

KINDS: Final = ("accepted", "failed", "waiting", "cancelled")
"""From the ground up."""

_KIND_OF: Final[Mapping[str, str]] = {
    "sent": "accepted",
    "merged": "accepted",
    "failed": "failed",
    "waiting": "waiting",
    "sending": "waiting",
    "cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: where it begins from above, and how high it is."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """What happened in one span of time."""

    at: datetime
    x: int
    counts: Mapping[str, int]
    pieces: tuple[Piece, ...]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of a day or a week, the oldest first."""

    bars: tuple[Bar, ...]
    peak: int

    @property
    def view_box(self) -> str:
        """What SVG calls so."""
        return f"0 0 {len(self.bars) * WIDTH} {HEIGHT}"

    @property
    def total(self) -> int:
        """Of all bars."""
        return sum(bar.total for bar in self.bars)

    @property
    def success(self) -> float | None:
        """The accepted ones of those that came to an end, from 0 to 1; None where none did."""
        accepted = sum(bar.counts["accepted"] for bar in self.bars)
        ended = accepted + sum(bar.counts["failed"] for bar in self.bars)
        return accepted / ended if ended else None


def draw(
    counted: Iterable[tuple[datetime, str, int]], now: datetime, span: timedelta, bars: int
) -> Chart:
    """So many bars of so long a time, up to the one that is going on; `counted` by hours."""
    end = _floor(now, span) + span
    start = end - span * bars
    counts = [dict.fromkeys(KINDS, 0) for _ in range(bars)]
    for at, state, count in counted:
        if start <= at < end:
            counts[(at - start) // span][_KIND_OF[state]] += count
    peak = max(sum(count.values()) for count in counts)
    return Chart(
        tuple(
            Bar(start + span * number, number * WIDTH, count, tuple(_pieces(count, peak)))
            for number, count in enumerate(counts)
        ),
        peak,
    )


def _pieces(counts: Mapping[str, int], peak: int) -> Iterable[Piece]:
    top = float(HEIGHT)
    for kind, count in counts.items():
        if count:
            height = HEIGHT * count / peak
            top -= height
            yield Piece(kind, round(top, 2), round(height, 2))


def _floor(moment: datetime, span: timedelta) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // span * span


def percentile(counted: Mapping[int, int], share: float) -> int | None:
    """The value that at least such a share of all does not exceed; `counted` by value."""
    needed, seen = share * sum(counted.values()), 0
    for value in sorted(counted):
        seen += counted[value]
        if seen >= needed:
            return value
    return None
