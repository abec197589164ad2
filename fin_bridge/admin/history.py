"""The history of an event: its attempts, and what else passed between its conversation and Fin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from ..database.clock import Now
from ..models import Attempt, Event, FinCall
from . import formatting

LENGTH = 50
"""The timeline shows at most so many events, and as many calls."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline: its time, its direction, what was told, and what came of it."""

    at: datetime
    when: str
    way: str
    title: str
    word: str
    detail: str
    url: str = ""
    current: bool = False


def newest_events(event: Event) -> list[Event]:
    """Return the newest events of the event's conversation, the last one first."""
    same = Event.objects.filter(conversation_id=event.conversation_id)
    return list(same.order_by("-pk")[:LENGTH])


def timeline_of(
    event: Event, events: Sequence[Event], now: datetime, site_name: str
) -> list[Entry]:
    """Return the given events of its conversation and Fin's calls about it, newest first."""
    entries = [*_events(event, events, now, site_name), *_calls(event, now)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _events(
    event: Event, events: Sequence[Event], now: datetime, site_name: str
) -> Iterator[Entry]:
    for other in events:
        yield Entry(
            other.created_at,
            formatting.moment(other.created_at, now),
            _("to Fin"),
            other.cause or other.get_kind_display(),
            formatting.state(other),
            other.detail or _pulled(other),
            reverse(f"{site_name}:fin_bridge_event_change", args=[other.pk]),
            other.pk == event.pk,
        )


def _pulled(event: Event) -> str:
    if event.pulled_at is None:
        return ""
    return _("pulled %s after the change") % formatting.duration(
        event.pulled_at - event.created_at
    )


def _calls(event: Event, now: datetime) -> Iterator[Entry]:
    calls = FinCall.objects.filter(conversation_id=event.conversation_id).order_by("-at", "-pk")
    for call in calls[:LENGTH]:
        took = formatting.duration(timedelta(milliseconds=call.duration))
        yield Entry(
            call.at,
            formatting.moment(call.at, now),
            _("from Fin"),
            call.operation,
            formatting.status(call.status),
            call.detail or _("took %s") % took,
        )


def attempts_of(event: Event) -> QuerySet[Attempt]:
    """Return the attempts of an event in order: those of its conversation while it waited.

    The changes of a conversation go out at once, so that its events share attempts; a typing
    notice has its own.
    """
    if event.kind == Event.Kind.TYPING:
        return Attempt.objects.filter(event=event)
    attempts = Attempt.objects.filter(
        integration=event.integration,
        conversation_id=event.conversation_id,
        started_at__gte=event.created_at,
        event__kind=Event.Kind.SYNC,
    )
    if event.settled_at is not None:
        attempts = attempts.filter(started_at__lte=event.settled_at)
    return attempts.order_by("started_at", "pk")


def last_attempts(events: Sequence[Event]) -> dict[int, Attempt]:
    """Return the last attempt of each event that had one, by the event's key (two statements)."""
    shared = Attempt.objects.filter(
        integration=OuterRef("integration"),
        conversation_id=OuterRef("conversation_id"),
        started_at__gte=OuterRef("created_at"),
        started_at__lte=Coalesce(OuterRef("settled_at"), Now()),
        event__kind=Event.Kind.SYNC,
    )
    own = Attempt.objects.filter(event=OuterRef("pk"))
    last = Case(
        When(kind=Event.Kind.TYPING, then=Subquery(_last(own))), default=Subquery(_last(shared))
    )
    listed = Event.objects.filter(pk__in=[event.pk for event in events])
    keys = dict(listed.annotate(last=last).values_list("pk", "last"))
    # Events without an attempt are left out here: the database would look for each twice.
    attempts = Attempt.objects.in_bulk({*keys.values()} - {None})
    return {event: attempts[key] for event, key in keys.items() if key in attempts}


def _last(attempts: QuerySet[Attempt]) -> QuerySet[Attempt, Any]:
    return attempts.order_by("-started_at", "-pk").values("pk")[:1]
