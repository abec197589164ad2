"""The outbox: one row for each change, in the transaction of the change."""

from __future__ import annotations

import contextlib

import pytest
from django.db import DatabaseError, connection, transaction

import fin_bridge
from fin_bridge.events import (
    outbox,
)
from fin_bridge.models import Event
from helpdesk_demo.models import Reply, Ticket
from tests.support.draining import settle_and_drain
from tests.support.receiver import Receiver
from tests.support.world import Clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_a_change_in_another_database_is_recorded_after_its_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "database", lambda: "elsewhere")
    with transaction.atomic():
        outbox.record("c", "changed", "default")
        assert not Event.objects.exists()
        monkeypatch.undo()
        monkeypatch.setattr(outbox, "database", lambda: "default")
    assert Event.objects.get().conversation_id == "c"


def test_a_rolled_back_save_is_no_post(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    with transaction.atomic():
        ticket.save()
        transaction.set_rollback(True)
    settle_and_drain(clock)
    assert fin.requests == []


def causes() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("cause", flat=True))


def test_the_row_is_as_the_model_would_make_one(ticket: Ticket) -> None:
    fin_bridge.notify(ticket)
    event, made = Event.objects.get(), Event()
    said = {"id", "integration", "conversation_id", "cause", "created_at", "due_at"}
    names = {field.attname for field in Event._meta.concrete_fields} - said
    assert {name: getattr(event, name) for name in names} == {
        name: getattr(made, name) for name in names
    }


def test_a_cause_of_any_length_is_taken(ticket: Ticket) -> None:
    fin_bridge.notify(ticket, "100 % of " + "x" * 300)
    assert causes() == ["100 % of " + "x" * 191]


def test_no_network_before_the_commit(ticket: Ticket, hints: list[float]) -> None:
    with transaction.atomic():
        ticket.save()
        assert hints == []
    assert hints == [0.5]


def test_one_hint_serves_all_changes_of_a_transaction(ticket: Ticket, hints: list[float]) -> None:
    with transaction.atomic():
        ticket.save()
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            ticket.save()
            raise ZeroDivisionError
        ticket.save()
    assert hints == [0.5]
    ticket.save()
    ticket.save()
    assert hints == [0.5] * 3


def test_a_rollback_takes_the_event_with_it(ticket: Ticket, hints: list[float]) -> None:
    with transaction.atomic():
        ticket.save()
        transaction.set_rollback(True)
    assert causes() == []
    assert hints == []


def test_a_savepoint_takes_only_its_own(ticket: Ticket) -> None:
    with transaction.atomic():
        ticket.save()
        with contextlib.suppress(DatabaseError), transaction.atomic():
            Reply.objects.create(ticket=ticket, body="lost")
            raise DatabaseError
    assert causes() == [f"helpdesk_demo.Ticket {ticket.pk} changed"]


def test_in_autocommit_a_failed_insert_is_logged(
    ticket: Ticket, caplog: pytest.LogCaptureFixture
) -> None:
    with without_outbox():
        Reply.objects.create(ticket=ticket, body="kept")
    assert Reply.objects.count() == 1
    assert "was not recorded" in caplog.text


def test_in_a_transaction_a_failed_insert_fails_it(ticket: Ticket) -> None:
    with without_outbox(), pytest.raises(DatabaseError), transaction.atomic():
        Reply.objects.create(ticket=ticket, body="kept")
    assert Reply.objects.count() == 0


def test_a_host_that_swallows_the_failure_commits_nothing(ticket: Ticket) -> None:
    with without_outbox(), contextlib.suppress(DatabaseError), transaction.atomic():
        try:
            Reply.objects.create(ticket=ticket, body="without an event")
        except DatabaseError:
            Reply.objects.bulk_create([Reply(ticket=ticket, body="instead")])
    assert Reply.objects.count() == 0


class without_outbox:  # noqa: N801  # reads as a context manager's name
    """The table of events is out of reach."""

    def __enter__(self) -> None:
        self._rename("fin_bridge_event", "fin_bridge_elsewhere")

    def __exit__(self, *exc: object) -> None:
        self._rename("fin_bridge_elsewhere", "fin_bridge_event")

    def _rename(self, old: str, new: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")


def test_notify_takes_an_object_or_its_id(ticket: Ticket) -> None:
    fin_bridge.notify(ticket)
    fin_bridge.notify(str(ticket.pk), "bulk import")
    assert causes() == ["notified", "bulk import"]
    assert {event.conversation_id for event in Event.objects.all()} == {str(ticket.pk)}
