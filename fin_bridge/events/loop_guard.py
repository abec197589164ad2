"""The loop guard: Fin writes, the helpdesk reacts, Fin is told, writes again, and so on for ever.

A reaction, such as an auto-reply or a routing, is news to Fin all the same, so none is dropped:
where nobody but machines has acted for a while, Fin is told more seldom.
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
"""`MOST` reactions in a row are a loop, if no person has acted in the time `WITHIN`."""

PAUSE: Final = timedelta(minutes=5)
"""So much time lies between two POSTs of a conversation that is in a loop."""


def tame(integration: str, reacting: Collection[str], now: datetime) -> set[str]:
    """Put off the conversations in a loop, of those in which only reactions are due.

    Returns the conversations that were put off.
    """
    events = Event.objects.syncs().about(integration, reacting)
    told = (
        events.delivered()
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
        waiting = events.waiting().filter(conversation_id=name)
        if not waiting.filter(due_at__gte=due).exists():
            _alarm(integration, name)
        waiting.filter(due_at__lt=due).update(due_at=due)
    return set(looping)


def _alarm(integration: str, conversation_id: str) -> None:
    detail = f"Fin and the helpdesk's automation answer each other in {conversation_id}."
    alarm = partial(
        announce, alarm_raised, None, integration=integration, reason="loop", detail=detail
    )
    transaction.on_commit(alarm, using=database(), robust=True)
