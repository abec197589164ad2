"""What no signal tells is found by comparing with what Fin was last shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.events import reconcile
from fin_bridge.helpdesk import current
from fin_bridge.helpdesk.reading.snapshot import extent, snapshot
from fin_bridge.models import ConversationState, Event, IntegrationState
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Customer, Label, Reply, Ticket
from tests.support.world import Clock, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(stopped_clock: Clock) -> Clock:
    """It shows the host's time, by which conversations are stamped."""
    stopped_clock.set(timezone.now())
    return stopped_clock


@pytest.fixture
def known(ticket: Ticket, clock: Clock) -> Ticket:
    """One that Fin has just pulled."""
    pull(ticket, clock)
    return ticket


def pull(ticket: Ticket, clock: Clock, **values: Any) -> None:
    desk = current()
    obj = desk.conversations.get(str(ticket.pk))
    ConversationState.objects.update_or_create(
        integration="default",
        conversation_id=str(ticket.pk),
        defaults={
            "known_at": clock.now,
            "pulled_at": clock.now,
            "shown": snapshot(desk.conversations.record(obj)),
            "extent": extent(desk, obj),
            **values,
        },
    )


def found(clock: Clock) -> list[str]:
    reconcile.find_missing(clock.now - timedelta(days=1), clock.now)
    causes = list(Event.objects.order_by("pk").values_list("cause", flat=True))
    Event.objects.all().delete()
    return causes


def test_nothing_is_found_where_nothing_was_missed(known: Ticket, clock: Clock) -> None:
    assert found(clock) == []


def test_an_update_that_sends_no_signal(known: Ticket, clock: Clock) -> None:
    Ticket.objects.filter(pk=known.pk).update(subject="Renamed")
    assert found(clock) == ["changed without a signal"]
    pull(known, clock)
    assert found(clock) == []


def test_a_label_in_the_through_table(known: Ticket, clock: Clock) -> None:
    label = Label.objects.create(name="bulk")
    Ticket.labels.through.objects.bulk_create([Ticket.labels.through(ticket=known, label=label)])
    assert found(clock) == ["changed without a signal"]


def test_another_customer_of_the_same_name(
    known: Ticket, customer: Customer, clock: Clock
) -> None:
    other = Customer.objects.create(full_name=customer.full_name, email="a@example.com")
    Customer.objects.filter(pk=other.pk).update(plan=customer.plan, company=customer.company)
    Ticket.objects.filter(pk=known.pk).update(customer=other)
    assert found(clock) == ["changed without a signal"]
    pull(known, clock)
    assert found(clock) == []


def test_messages_that_were_created_in_bulk_or_moved(
    known: Ticket, customer: Customer, clock: Clock
) -> None:
    Reply.objects.bulk_create([Reply(ticket=known, body="x")])
    assert found(clock) == ["messages changed without a signal"]
    other = make_ticket(customer)
    pull(other, clock)
    pull(known, clock)
    Reply.objects.filter(ticket=known).update(ticket=other)
    assert found(clock) == ["messages changed without a signal"] * 2


def test_a_conversation_that_was_deleted_by_sql_is_told_once(known: Ticket, clock: Clock) -> None:
    Ticket.objects.filter(pk=known.pk)._raw_delete(using="default")
    assert found(clock) == ["gone without a signal"]
    assert found(clock) == []


def test_a_conversation_of_which_nobody_told(ticket: Ticket, clock: Clock) -> None:
    assert found(clock) == []  # it may have its event under way
    clock.advance(minutes=2)
    assert found(clock) == ["made without a signal"]


def speechless(self: Any, obj: Ticket) -> Any:
    if obj.subject == "Unspeakable":
        raise RuntimeError("No words.")
    return obj.subject


def others_only(self: Any, obj: Ticket) -> bool:
    return obj.subject != "Nobody else's business"


def described(**words: Any) -> fin.Helpdesk:
    tickets = type("Tickets", (demo.Tickets,), words)
    return fin.Helpdesk(demo.Customers, demo.Staff, tickets, demo.Openings, demo.Replies)


def undecided(self: Any, obj: Ticket) -> bool:
    return bool(speechless(self, obj))


wordless = described(get_title=speechless)
failing = described(scope=undecided)
narrowed = described(scope=others_only)


def test_one_at_which_the_description_fails_hides_no_other(
    known: Ticket,
    customer: Customer,
    clock: Clock,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = make_ticket(customer)
    pull(other, clock)
    Ticket.objects.filter(pk=known.pk).update(subject="Unspeakable")
    Ticket.objects.filter(pk=other.pk).update(subject="Renamed")
    settings.FIN_BRIDGE_HELPDESK = "tests.events.test_reconcile.failing"
    assert found(clock) == ["changed without a signal"]
    assert f"Conversation {known.pk} cannot be compared" in caplog.text


def test_a_word_that_fails_is_told_as_one_that_is_gone_and_only_once(
    known: Ticket, clock: Clock, settings: Settings
) -> None:
    Ticket.objects.filter(pk=known.pk).update(subject="Unspeakable")
    settings.FIN_BRIDGE_HELPDESK = "tests.events.test_reconcile.wordless"
    assert found(clock) == ["changed without a signal"]
    pull(known, clock)
    assert found(clock) == []


def test_what_is_no_longer_fins_is_left_alone(
    known: Ticket, clock: Clock, settings: Settings
) -> None:
    Ticket.objects.filter(pk=known.pk).update(subject="Nobody else's business")
    settings.FIN_BRIDGE_HELPDESK = "tests.events.test_reconcile.narrowed"
    assert found(clock) == []


def test_a_database_that_fails_is_told(
    known: Ticket, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError("It is gone.")

    monkeypatch.setattr(current().conversations, "record", fail)
    with pytest.raises(OperationalError):
        found(clock)


def test_a_helpdesk_without_time_zones(ticket: Ticket, clock: Clock, settings: Settings) -> None:
    settings.USE_TZ = False
    clock.advance(minutes=2)
    assert found(clock) == ["made without a signal"]


def test_what_fin_will_hear_of_anyway_is_left_alone(known: Ticket, clock: Clock) -> None:
    Ticket.objects.filter(pk=known.pk).update(subject="Renamed")
    known.save()
    assert len(found(clock)) == 1
    pull(known, clock, posted_at=clock.now + timedelta(seconds=1))
    Ticket.objects.filter(pk=known.pk).update(subject="Renamed again")
    assert found(clock) == []


def test_finished_and_quiet_ones_are_not_compared(known: Ticket, clock: Clock) -> None:
    ConversationState.objects.update(shown={"status": "closed"}, pulled_at=clock.now)
    assert found(clock) == ["changed without a signal"]
    clock.advance(days=8)
    assert found(clock) == []


def test_it_is_done_once_in_five_minutes_and_never_about_the_past(
    ticket: Ticket, clock: Clock
) -> None:
    assert reconcile.reconcile(clock.now) == 0  # no integration has been seen yet
    IntegrationState.objects.create(integration="default")
    clock.advance(hours=1)
    assert reconcile.reconcile(clock.now) == 0
    clock.advance(minutes=4)
    fresh = make_ticket(ticket.customer)
    Ticket.objects.filter(pk=fresh.pk).update(created=clock.now)
    assert reconcile.reconcile(clock.now) == 0
    clock.advance(minutes=2)
    assert reconcile.reconcile(clock.now) == 1
    assert reconcile.reconcile(clock.now) == 0
    assert Event.objects.get().conversation_id == str(fresh.pk)


def test_without_a_column_for_it_nobody_knows_what_is_new(
    ticket: Ticket, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(current().conversations.fields, "created_at")
    clock.advance(minutes=2)
    assert found(clock) == []
