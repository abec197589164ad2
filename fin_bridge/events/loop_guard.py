"""Against loops: Fin writes, the helpdesk reacts, Fin is told, writes again, and so on for ever.

A reaction is news to Fin all the same (an auto-reply, a routing), so that none is dropped: where
nobody but machines has acted for a while, it is told more seldom.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Count, Max, Q

from ..models import Event, database
from ..signals import alarm_raised, announce

MOST: Final = 6
WITHIN: Final = timedelta(minutes=10)
"""So many reactions in a row in this time are a loop, if no person has done anything in it."""

PAUSE: Final = timedelta(minutes=5)
"""Between two POSTs of a conversation that is in a loop."""


def tame(integration: str, reacting: Collection[str], now: datetime) -> set[str]:
    """Of conversations for which nothing but reactions is due, those that have to wait."""
    events = Event.objects.filter(
        integration=integration, kind=Event.Kind.SYNC, conversation_id__in=reacting
    )
    told = (
        events.filter(state__in=[Event.State.SENT, Event.State.MERGED])
        .filter(settled_at__gt=now - WITHIN)
        .values("conversation_id")
        .annotate(
            reactions=Count("pk", filter=Q(reaction=True, state=Event.State.SENT)),
            doings=Count("pk", filter=Q(reaction=False)),
            last=Max("settled_at"),
        )
        .values_list("conversation_id", "reactions", "doings", "last")
    )
    looping = {
        name: last + PAUSE
        for name, reactions, doings, last in told
        if reactions >= MOST and not doings and last + PAUSE > now
    }
    for name, due in looping.items():
        theirs = events.filter(conversation_id=name, state=Event.State.WAITING)
        if not theirs.filter(due_at__gte=due).exists():
            _alarm(integration, name)
        theirs.filter(due_at__lt=due).update(due_at=due)
    return set(looping)


def _alarm(integration: str, conversation_id: str) -> None:
    detail = f"Fin and the helpdesk's automation answer each other in {conversation_id}."
    alarm = partial(
        announce, alarm_raised, None, integration=integration, reason="loop", detail=detail
    )
    transaction.on_commit(alarm, using=database(), robust=True)
