"""What went to and fro about a ticket, as the demo shows it while it happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fin_bridge.models import Event, FinCall
from helpdesk_demo import traffic
from helpdesk_demo.models import Ticket

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def event(ticket: Ticket, seconds: float, **values: Any) -> None:
    at = NOON + timedelta(seconds=seconds)
    given = {"integration": "default", "conversation_id": str(ticket.pk), "state": "sent"}
    Event.objects.create(**{**given, "created_at": at, "due_at": at, **values})


def call(ticket: Ticket, seconds: float, operation: str, status: int = 200) -> None:
    FinCall.objects.create(
        at=NOON + timedelta(seconds=seconds),
        operation=operation,
        conversation_id=str(ticket.pk),
        status=status,
        duration=3,
    )


def words(ticket: Ticket) -> list[tuple[str, str]]:
    return [(line.kind, line.words) for line in traffic.lately(ticket.pk)]


def test_both_ways_the_newest_first(ticket: Ticket) -> None:
    event(ticket, 1, kind="typing", cause="Sarah Lee is typing")
    event(ticket, 2, settled_at=NOON + timedelta(seconds=3))
    call(ticket, 4, "get_conversation")
    call(ticket, 5, "update_conversation")
    call(ticket, 6, "get_messages", status=401)
    event(ticket, 7, state="waiting")
    assert words(ticket) == [
        ("waiting", "Waits to be sent"),
        ("wrote", "Fin updated the ticket"),
        ("pulled", "Fin pulled the ticket"),
        ("sent", "Sent to Fin"),
        ("typed", "Sarah Lee is typing"),
    ]


def test_only_the_last_ones_are_shown(ticket: Ticket) -> None:
    for second in range(12):
        event(ticket, second)
        call(ticket, second + 0.5, "get_user")
    assert words(ticket) == [("pulled", "get_user"), ("sent", "Sent to Fin")] * 4


def test_each_state_has_words() -> None:
    assert set(traffic.STATES) == set(Event.State.values)


def test_the_tickets_page_shows_it(client: Client, ticket: Ticket, sarah: User) -> None:
    client.force_login(sarah)
    page = client.get(ticket.get_absolute_url()).content.decode()
    assert "Nothing yet" in page
    event(ticket, 1)
    page = client.get(f"{ticket.get_absolute_url()}?live").content.decode()
    assert 'class="traffic-sent"><span>Sent to Fin</span>' in page
