"""The indexes of our tables serve what is asked all the time, however long the log is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fin_bridge.events import claims, loop_guard, routing, settling, sweep
from fin_bridge.events.posting import Exchange
from fin_bridge.events.retry import Outcome
from fin_bridge.models import ConversationState, Event, IntegrationState
from fin_bridge.operating import health
from tests.support.left_out import leave_out
from tests.support.world import Clock

pytestmark = pytest.mark.django_db

BY_CONVERSATION = "(conversation_id=? AND kind=? AND state=? AND integration=?)"


@pytest.fixture
def world(stopped_clock: Clock) -> Clock:
    """Something is due, of a conversation that is known."""
    ConversationState.objects.create(
        integration="default", conversation_id="7", known_at=stopped_clock.now
    )
    IntegrationState.objects.create(integration="default")
    make_due(stopped_clock)
    return stopped_clock


def make_due(clock: Clock) -> None:
    Event.objects.create(
        integration="default", conversation_id="7", created_at=clock.now, due_at=clock.now
    )


def claim(clock: Clock, most: int = 20) -> claims.Claim:
    [one] = claims.claim("default", clock.now, most)
    return one


def settle(clock: Clock, one: claims.Claim) -> None:
    settling.settle([settling.Report(one, Outcome.SENT, Exchange(clock.now))], clock.now)


def plans(act: Callable[[], object]) -> list[str]:
    """How SQLite, which has not counted any rows, finds those of our tables."""
    with CaptureQueriesContext(connection) as queries:
        act()
    found = []
    with connection.cursor() as cursor:
        for sql in (query["sql"] for query in queries if "fin_bridge_" in query["sql"]):
            if sql.startswith(("SELECT", "UPDATE")):
                cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
                found += [row[-1] for row in cursor.fetchall()]
    return [re.sub("fin_bridge_", "", plan) for plan in found]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the others count rows")
@pytest.mark.parametrize("conversations", [1, 3, 20])
def test_what_is_due_and_claimed_is_found_by_its_conversation(
    world: Clock, conversations: int
) -> None:
    for number in range(1, conversations):
        Event.objects.create(
            integration="default",
            conversation_id=f"no {number}",
            created_at=world.now,
            due_at=world.now,
        )
    found = plans(lambda: claims.claim("default", world.now, 20))
    assert "SEARCH event USING INDEX fin_event_due (state=? AND integration=? AND due_at<?)" in (
        found
    )
    assert f"SEARCH event USING COVERING INDEX fin_event_conversation {BY_CONVERSATION}" in found
    assert not [plan for plan in found if "SCAN" in plan or "fin_event_created" in plan]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the others count rows")
def test_nothing_that_recurs_reads_the_whole_log(world: Clock) -> None:
    one = claim(world)
    for act in (
        lambda: settle(world, one),
        lambda: sweep.take_over(world.now + timedelta(hours=1)),
        lambda: sweep.cancel_orphans(world.now),
        lambda: routing._route_some(0),
        lambda: loop_guard.tame("default", {"7", "8"}, world.now),
        lambda: list(health.findings()),
    ):
        for plan in plans(act):
            assert "SCAN event" not in plan
            assert "SCAN conversationstate" not in plan
            assert "fin_event_created" not in plan


def updates_of_states() -> tuple[int, int]:
    """All, and "heap-only" ones, which write no index; PostgreSQL counts them for itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables"
            " WHERE relname = 'fin_bridge_conversationstate'"
        )
        total, heap_only = cursor.fetchone()
    return total, heap_only


def test_a_delivery_writes_no_index_of_the_conversations_state(world: Clock) -> None:
    if connection.vendor != "postgresql":  # it counts such updates
        leave_out("PostgreSQL")
    before = updates_of_states()
    settle(world, claim(world))
    after = updates_of_states()
    assert (after[0] - before[0], after[1] - before[1]) == (2, 2)


def test_an_expired_lease_is_taken_over_and_a_lease_of_nothing_is_not_in_the_way(
    world: Clock,
) -> None:
    one = claim(world)
    world.advance(hours=1)
    sweep.take_over(world.now)
    assert Event.objects.get().state == Event.State.WAITING
    assert ConversationState.objects.get(conversation_id=one.conversation_id).token is None

    ConversationState.objects.update(token=uuid4(), lease_until=world.now)
    world.advance(1)
    sweep.take_over(world.now)
    assert claim(world).conversation_id == "7"
