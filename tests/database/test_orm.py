"""The manager and the fields of our tables, and `INSERT ... SELECT`."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Value

from fin_bridge.database.orm import insert_from, rows_of
from fin_bridge.models import ConversationState, Event
from helpdesk_demo.models import Ticket
from tests.support.world import Clock


class Replicas:
    """A router that reads from another database than it writes to."""

    def db_for_read(self, model: type[Any], **_: Any) -> str:
        return "replica"

    def db_for_write(self, model: type[Any], **_: Any) -> str:
        return "default"


def test_our_rows_and_the_hosts_come_from_where_they_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django.db.router.routers", [Replicas()])
    assert Ticket.objects.all().db == "replica"
    assert Event.objects.all().db == "default"
    assert Event.objects.syncs().db == "default"
    assert rows_of(Ticket).db == "default"


@pytest.mark.django_db
def test_ids_are_compared_exactly() -> None:
    for name in ("a", "A", "ä"):
        ConversationState.objects.create(integration="default", conversation_id=name)
    assert ConversationState.objects.get(conversation_id="a").conversation_id == "a"
    column = ConversationState._meta.get_field("conversation_id").db_type(connection)
    assert ("utf8mb4_bin" in str(column)) is (connection.vendor == "mysql")


@pytest.mark.django_db
def test_rows_are_made_of_rows(stopped_clock: Clock) -> None:
    times = {"created_at": stopped_clock.now, "due_at": stopped_clock.now}
    for name in "abc":
        Event.objects.create(integration="default", conversation_id=name, **times)
    values = {
        "integration": F("integration"),
        "conversation_id": F("conversation_id"),
        "kind": F("kind"),
        "state": Value("waiting"),
        "cause": Value("100 %s"),
        "reaction": Value(False),
        "created_at": F("created_at"),
        "due_at": F("due_at"),
        "attempts": Value(0),
        "detail": Value(""),
        "resend_of": F("pk"),
    }
    assert insert_from(Event.objects.exclude(conversation_id="b"), values) == 2
    made = Event.objects.filter(cause="100 %s").order_by("pk")
    assert [event.resend_of.conversation_id for event in made if event.resend_of] == ["a", "c"]
