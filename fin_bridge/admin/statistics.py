"""The statistics of the overview, in six statements that use an index however long the log.

Times are grouped by rounding microseconds down, which all databases do alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Func, Max, Min, Value
from django.db.models.fields import CharField, PositiveIntegerField

from ..database import clock
from ..database.clock import InstantField, Now
from ..models import Attempt, Event, FinCall, IntegrationState, database
from ..operating.handover_watch import unanswered

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
HOUR: Final = timedelta(hours=1)
RESOLUTION: Final = 10
"""Latencies are rounded down to so many milliseconds, so that few rows come back."""

_STATES: Final = Event.State


class _RoundedDown(Func):
    """A whole number rounded down to a multiple of `step`; a function MOD is slow on SQLite."""

    template = "(%(expressions)s - %(expressions)s %%%% %(step)d)"
    arity = 1


def _hour(column: str) -> _RoundedDown:
    return _RoundedDown(
        F(column), step=HOUR // timedelta(microseconds=1), output_field=InstantField()
    )


@dataclass(frozen=True, slots=True)
class Hour:
    """The number of changes of one hour that are in one state."""

    integration: str
    hour: datetime
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Posts:
    """The number of POSTs with one ending that took about as long, in milliseconds."""

    integration: str
    outcome: str
    status: int | None
    took: int
    count: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """The number of events or handovers that wait, and since when the oldest does."""

    integration: str
    kind: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """The number of calls from Fin, or from somebody posing as Fin, refused for one reason."""

    operation: str
    status: int
    detail: str
    count: int
    last: datetime


def integrations() -> tuple[dict[str, IntegrationState], datetime]:
    """Return the state of each integration by its name, and the database's time."""
    states: Sequence[Any] = IntegrationState.objects.annotate(seen_at=Now())
    by_name: dict[str, Any] = {state.integration: state for state in states}
    times = [state.seen_at for state in by_name.values()]
    return by_name, times[0] if times else clock.now(database())


def hours(now: datetime) -> list[Hour]:
    """Count the changes of the last week by integration, hour and state."""
    recent = Event.objects.syncs().filter(created_at__gte=now - WEEK)
    rows = recent.values("integration", "state", hour=_hour("created_at")).order_by()
    return [Hour(**row) for row in rows.annotate(count=Count("pk"))]


def posts(now: datetime) -> list[Posts]:
    """Count the POSTs of the last day by integration, ending and duration."""
    recent = Attempt.objects.filter(started_at__gte=now - DAY)
    took = _RoundedDown(F("duration"), step=RESOLUTION, output_field=PositiveIntegerField())
    rows = recent.values("integration", "outcome", "status", took=took).order_by()
    return [Posts(**row) for row in rows.annotate(count=Count("pk"))]


def backlog() -> list[Backlog]:
    """Count the waiting events and the unanswered handovers, in one statement."""
    waiting = Event.objects.unsettled()
    events = _waiting(waiting, "events", "created_at")
    return [
        Backlog(*row)
        for row in events.union(_waiting(unanswered(), "handovers", "handed_over_at"), all=True)
    ]


def _waiting(rows: Any, kind: str, began: str) -> Any:
    named = (
        rows.order_by()
        .values("integration")
        .annotate(what=Value(kind, output_field=CharField()), count=Count("pk"), since=Min(began))
    )
    return named.values_list("integration", "what", "count", "since")


def failures(most: int = 5) -> list[Event]:
    """Return the last events that will not be tried again."""
    return list(Event.objects.failed().order_by("-pk")[:most])


def refusals(now: datetime, most: int = 200) -> list[Refusal]:
    """Count the refused calls of the last day, the most frequent first."""
    refused = FinCall.objects.filter(at__gte=now - DAY, status__gte=400)
    rows = refused.values("operation", "status", "detail").annotate(
        count=Count("pk"), last=Max("at")
    )
    return [Refusal(**row) for row in rows.order_by("-count", "-last")[:most]]
