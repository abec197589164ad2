"""Bar charts of events over time: where each piece of a bar stands in the drawing. Pure.

The drawing has no style and no script of its own, so a strict content security policy allows it;
its colours are classes of the style sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HEIGHT: Final = 100
WIDTH: Final = 10  # of a bar with its gap

KINDS: Final = ("accepted", "failed", "waiting", "cancelled")  # from the ground up

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
    """A part of a bar: where it begins, measured from above, and how high it is."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The events of one span of time, counted by what became of them."""

    at: datetime
    x: int
    counts: Mapping[str, int]
    pieces: tuple[Piece, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of a day or a week, the oldest first."""

    bars: tuple[Bar, ...]
    peak: int

    @property
    def view_box(self) -> str:
        return f"0 0 {len(self.bars) * WIDTH} {HEIGHT}"

    @property
    def total(self) -> int:
        return sum(bar.total for bar in self.bars)

    @property
    def success(self) -> float | None:
        """Return the accepted share of the settled events, from 0 to 1; None if there are none."""
        accepted = sum(bar.counts["accepted"] for bar in self.bars)
        ended = accepted + sum(bar.counts["failed"] for bar in self.bars)
        return accepted / ended if ended else None


def draw(
    counted: Iterable[tuple[datetime, str, int]], now: datetime, span: timedelta, bars: int
) -> Chart:
    """Make a chart of `bars` bars of `span` each that ends with the current span; count by hours.

    `counted` holds an hour, a state of `Event.State` and a number of events each.
    """
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
    """Return the value that at least this share of all does not exceed, None where there is none.

    `counted` says how often each value occurs.
    """
    needed, seen = share * sum(counted.values()), 0
    for value in sorted(counted):
        seen += counted[value]
        if seen >= needed:
            return value
    return None
