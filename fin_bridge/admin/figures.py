"""What the overview counts, in six statements that use an index however long the log is.

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
"""Milliseconds: latencies are told apart no finer, so that few rows come back."""

_STATES: Final = Event.State


class _RoundedDown(Func):
    """A whole number, to a multiple of `step`; a function MOD is slow on SQLite."""

    template = "(%(expressions)s - %(expressions)s %%%% %(step)d)"
    arity = 1


def _hour(column: str) -> _RoundedDown:
    return _RoundedDown(
        F(column), step=HOUR // timedelta(microseconds=1), output_field=InstantField()
    )


@dataclass(frozen=True, slots=True)
class Hour:
    """So many changes of an hour are in a state."""

    integration: str
    hour: datetime
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Posts:
    """So many POSTs ended alike, and took about as long (milliseconds)."""

    integration: str
    outcome: str
    status: int | None
    took: int
    count: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much of one kind waits, and since when."""

    integration: str
    kind: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Calls of Fin's, or of somebody who would be Fin, that were refused alike."""

    operation: str
    status: int
    detail: str
    count: int
    last: datetime


def integrations() -> tuple[dict[str, IntegrationState], datetime]:
    """What is known of each, and the database's time."""
    states: Sequence[Any] = IntegrationState.objects.annotate(seen_at=Now())
    known: dict[str, Any] = {state.integration: state for state in states}
    seen = [state.seen_at for state in known.values()]
    return known, seen[0] if seen else clock.now(database())


def hours(now: datetime) -> list[Hour]:
    """The changes of the last week."""
    recent = Event.objects.syncs().filter(created_at__gte=now - WEEK)
    rows = recent.values("integration", "state", hour=_hour("created_at")).order_by()
    return [Hour(**row) for row in rows.annotate(count=Count("pk"))]


def posts(now: datetime) -> list[Posts]:
    """The POSTs of the last day."""
    recent = Attempt.objects.filter(started_at__gte=now - DAY)
    took = _RoundedDown(F("duration"), step=RESOLUTION, output_field=PositiveIntegerField())
    rows = recent.values("integration", "outcome", "status", took=took).order_by()
    return [Posts(**row) for row in rows.annotate(count=Count("pk"))]


def backlog() -> list[Backlog]:
    """Events and handovers, in one statement."""
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
    """The last that will not be tried again."""
    return list(Event.objects.failed().order_by("-pk")[:most])


def refusals(now: datetime, most: int = 200) -> list[Refusal]:
    """Those of the last day, the most frequent first."""
    refused = FinCall.objects.filter(at__gte=now - DAY, status__gte=400)
    rows = refused.values("operation", "status", "detail").annotate(
        count=Count("pk"), last=Max("at")
    )
    return [Refusal(**row) for row in rows.order_by("-count", "-last")[:most]]
