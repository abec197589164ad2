"""The traffic between this helpdesk and Fin about a ticket, to be watched in the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fin_bridge.models import Event, FinCall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

SHOWN = 8
CALLS = {
    "get_conversation": ("pulled", "Fin pulled the ticket"),
    "get_messages": ("pulled", "Fin pulled its messages"),
    "create_message": ("wrote", "A message came from Fin"),
    "update_conversation": ("wrote", "Fin updated the ticket"),
    "create_conversation": ("wrote", "Fin opened the ticket"),
}
STATES = {
    "waiting": "Waits to be sent",
    "sending": "Is being sent",
    "sent": "Sent to Fin",
    "merged": "Sent to Fin with another",
    "failed": "Fin did not take it",
    "cancelled": "Cancelled",
}


@dataclass(frozen=True)
class Line:
    """A thing that happened; `key` tells it from all others."""

    key: str
    at: datetime
    kind: str
    words: str


def lately(ticket_id: int) -> list[Line]:
    """Return the last things that happened about a ticket, the newest first."""
    lines = [*_events(str(ticket_id)), *_calls(str(ticket_id))]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:SHOWN]


def _events(conversation_id: str) -> Iterator[Line]:
    events = Event.objects.filter(conversation_id=conversation_id).order_by("-pk")
    for event in events[:SHOWN]:
        at = event.settled_at or event.created_at
        if event.kind == Event.Kind.TYPING:
            yield Line(f"event-{event.pk}", at, "typed", event.cause)
        else:
            yield Line(f"event-{event.pk}", at, event.state, STATES[event.state])


def _calls(conversation_id: str) -> Iterator[Line]:
    calls = FinCall.objects.filter(conversation_id=conversation_id, status__lt=400)
    for call in calls.order_by("-at", "-pk")[:SHOWN]:
        kind, words = CALLS.get(call.operation, ("pulled", call.operation))
        yield Line(f"call-{call.pk}", call.at, kind, words)
