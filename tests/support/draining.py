"""Draining in tests, and the states of the events afterwards."""

from __future__ import annotations

from fin_bridge.events import drain
from fin_bridge.models import Event
from tests.support.world import Clock

State = Event.State


def settle_and_drain(clock: Clock, seconds: float = 1) -> float | None:
    clock.advance(seconds)
    return drain.drain()


def drain_all(clock: Clock) -> None:
    """Drain until nothing waits; a busy machine needs more than one budget for that."""
    while settle_and_drain(clock) is not None:
        pass


def states() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("state", flat=True))
