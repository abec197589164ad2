"""Reminders: Fin has accepted an event, and has not pulled its conversation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from ..models import ConversationState, Event, database
from .settling import REMINDER

REMINDERS: Final = (timedelta(minutes=7), timedelta(minutes=53))
"""Fin is told again after 7 minutes, and after 53 more."""

BATCH: Final = 5000


def remind(now: datetime) -> None:
    """Record an event for each conversation that Fin should have pulled by now."""
    unpulled = ConversationState.objects.known_to_fin().filter(
        Q(pulled_at=None) | Q(pulled_at__lt=F("posted_at"))
    )
    for number, wait in enumerate(REMINDERS):
        late = list(unpulled.filter(reminders=number, posted_at__lte=now - wait)[:BATCH])
        with transaction.atomic(using=database()):
            Event.objects.bulk_create(
                Event(
                    integration=state.integration,
                    conversation_id=state.conversation_id,
                    cause=REMINDER,
                    created_at=now,
                    due_at=now,
                )
                for state in late
            )
            ConversationState.objects.filter(pk__in=[state.pk for state in late]).update(
                reminders=number + 1
            )
