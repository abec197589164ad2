"""Which attempts an event had: they belong to its conversation, whose changes go at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from ..database.clock import Now
from ..models import Attempt, Event


def of(event: Event) -> QuerySet[Attempt]:
    """Those made for its conversation while it waited, in order; a typing notice has its own."""
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


def last_of(events: Sequence[Event]) -> dict[int, Attempt]:
    """The last attempt of each that had one, by the event's key (two statements)."""
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
    # Who has none is sorted out here: the database would look for each a second time.
    attempts = Attempt.objects.in_bulk({*keys.values()} - {None})
    return {event: attempts[key] for event, key in keys.items() if key in attempts}


def _last(attempts: QuerySet[Attempt]) -> QuerySet[Attempt, Any]:
    return attempts.order_by("-started_at", "-pk").values("pk")[:1]
