"""Sending statements: lists, ids, times and locks as each database wants them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models.constants import OnConflict
from django.test.utils import CaptureQueriesContext

from fin_bridge.database import clock, sql, statements
from fin_bridge.database.clock import Now
from fin_bridge.models import ConversationState, Event, IntegrationState, database
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def states() -> list[ConversationState]:
    return [
        ConversationState.objects.create(integration="default", conversation_id=name)
        for name in "abc"
    ]


def test_a_list_among_the_values_is_one_of_sqls(states: list[ConversationState]) -> None:
    statement = (
        "SELECT conversation_id FROM fin_bridge_conversationstate"
        " WHERE integration = %s AND conversation_id IN (%s) ORDER BY id"
    )
    assert sql.fetch(statement, "default", ["a", "c", "100 %s"]) == [("a",), ("c",)]
    assert sql.fetch(statement, "default", []) == []


def test_an_id_is_found_as_django_has_written_it() -> None:
    claim, now = uuid4(), clock.now(database())
    Event.objects.create(conversation_id="7", claim=claim, created_at=now, due_at=now)
    statement = "UPDATE fin_bridge_event SET cause = %s, claim = %s WHERE claim IN (%s)"
    sql.execute(statement, "found", claim, [claim])
    assert Event.objects.get(claim=claim).cause == "found"


def test_the_time_is_the_databases(stopped_clock: Clock) -> None:
    ahead = timedelta(seconds=3)
    [(now, later)] = sql.fetch("SELECT %s, %s", Now(), Now(ahead))
    assert clock.from_microseconds(now) == stopped_clock.now
    assert clock.from_microseconds(later) == stopped_clock.now + ahead


def test_a_row_becomes_an_object_of_its_model(stopped_clock: Clock) -> None:
    IntegrationState.objects.create(
        integration="a", paused_at=stopped_clock.now, failures=[["unavailable", "7"]]
    )
    [state] = sql.load(IntegrationState, statements.READ_INTEGRATION, 5, "a")
    assert state == IntegrationState.objects.get()
    assert (state.paused_at, state.failures) == (stopped_clock.now, [["unavailable", "7"]])
    assert (state.recovering, state.now) == (False, 5)


def test_an_insert_says_how_many_rows_there_are_of_it(states: list[ConversationState]) -> None:
    """Numbers are written out, and no text is ever a part of the statement."""
    made = sql.insert(
        "INSERT INTO fin_bridge_conversationstate (integration, conversation_id, lease_until,"
        " not_before, attempts, reminders, shown, extent, checkpoints, customers, holder,"
        " handover)"
        " VALUES (%s, 0, 0, '{}', '{}', '[]', '[]', '', '')",
        ["default", "a", 1, None],
        ["default", "'); %s {}", 2**62, None],
        on_conflict=OnConflict.IGNORE,
    )
    assert made == 1  # there was an `a`
    found = "SELECT lease_until, not_before, shown FROM fin_bridge_conversationstate"
    [(lease_until, not_before, shown)] = sql.fetch(f"{found} WHERE lease_until = %s", 2**62)
    assert (lease_until, not_before) == (2**62, None)
    assert shown in ({}, "{}")
    assert ConversationState.objects.filter(conversation_id="'); %s {}").exists()


def test_rows_are_locked_where_the_database_has_locks(states: list[ConversationState]) -> None:
    statement = "SELECT id FROM fin_bridge_conversationstate ORDER BY id"
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        assert sql.lock(statement) == [(state.pk,) for state in states]
    said = " ".join(query["sql"] for query in queries)
    assert ("FOR UPDATE SKIP LOCKED" in said) is connection.features.has_select_for_update


def test_only_a_lazy_commit_does_not_wait_for_the_disk() -> None:
    if connection.vendor != "postgresql":
        with CaptureQueriesContext(connection) as queries:
            sql.commit_lazily()
        assert len(queries) == 0
        return
    for otherwise in ("on", "off"):  # this suite's own waits for no disk at all
        sql.execute(f"SET synchronous_commit = {otherwise}")
        with transaction.atomic():
            sql.commit_lazily()
            assert sql.fetch("SHOW synchronous_commit") == [("off",)]
        assert sql.fetch("SHOW synchronous_commit") == [(otherwise,)]
