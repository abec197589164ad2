"""Retention: what is old is deleted, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fin_bridge.events import (
    retention,
    sweep,
)
from fin_bridge.models import Attempt, Event, IntegrationState
from helpdesk_demo.models import Reply, Ticket
from tests.support.draining import State, settle_and_drain, states
from tests.support.receiver import Receiver
from tests.support.world import Clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_what_is_to_be_forgotten_is_found_by_an_index(clock: Clock) -> None:
    """Of ten million rows each sweep may look at a few."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # it scans tables that are as good as empty
            connection.cursor().execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as queries:
            retention.prune(clock.now)
        [statement] = [one["sql"] for one in queries if "fin_bridge_event" in one["sql"]]
        with connection.cursor() as cursor:
            plain = "QUERY PLAN" if connection.vendor == "sqlite" else ""
            cursor.execute(f"EXPLAIN {plain} {statement.replace('%', '%%')}")
            plan = str(cursor.fetchall())
    assert plan.count("fin_event_created") >= 1, plan


def test_typing_is_forgotten_after_a_day(fin: Receiver, clock: Clock) -> None:
    for age in (timedelta(hours=25), timedelta(hours=23)):
        moment = clock.now - age
        moments = dict.fromkeys(("created_at", "due_at", "settled_at"), moment)
        for kind in Event.Kind.values:
            Event.objects.create(conversation_id="7", kind=kind, state=State.SENT, **moments)
    retention.prune(clock.now)
    assert sorted(Event.objects.values_list("kind", flat=True)) == ["sync", "sync", "typing"]


def test_old_events_are_forgotten(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    ticket.save()
    settle_and_drain(clock)
    Reply.objects.create(ticket=ticket, body="waits for ever")
    Event.objects.filter(state=State.WAITING).update(integration="", due_at=clock.now)
    IntegrationState.objects.update(paused_at=clock.now)
    clock.advance(days=91)
    sweep.sweep()
    assert states() == [State.WAITING]
    assert not Attempt.objects.exists()
