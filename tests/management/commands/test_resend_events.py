"""Sending again from the command line, and what sending again is."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from fin_bridge.events.drain import drain
from fin_bridge.models import ConversationState, Event
from fin_bridge.operating import deliveries
from helpdesk_demo.models import Customer, Ticket
from tests.support.receiver import Receiver
from tests.support.resends import NOON, make_event, resends, run
from tests.support.world import Clock, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(stopped_clock: Clock) -> None:
    stopped_clock.set(NOON)


def test_nothing_to_do_is_no_failure() -> None:
    assert run("--id", "4711") == "No event matches: nothing was sent again.\n"


def test_a_dry_run_writes_nothing() -> None:
    make_event("a")
    make_event("a")
    assert "2 events of 1 conversation: 1 would be sent again.\n" in run("--all", "--dry-run")
    assert resends() == []


def test_it_says_what_was_chosen_in_a_table_or_for_programs() -> None:
    for state in ("sent", "failed", "failed"):
        make_event("a", state=state)
    make_event("b", kind=Event.Kind.TYPING)
    table = [f"sent {2 - 1:>16}", f"failed {2:>14}"]
    assert run("--all", "--dry-run").splitlines()[:2] == table
    assert json.loads(run("--all", "--json")) == {
        "events": 3,
        "conversations": 1,
        "chosen_by_state": {"sent": 1, "failed": 2},
        "dry_run": False,
        "interrupted": False,
    }


def test_a_rate_spreads_when_they_are_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "CHUNK", 2)
    for number in range(5):
        make_event(str(number))
    assert "The last is due in 0:00:10." in run("--all", "--rate", "0.5")
    assert [event.due_at - NOON for event in resends()] == [
        timedelta(seconds=seconds) for seconds in (0, 2, 4, 6, 8)
    ]


@pytest.mark.django_db(transaction=True)
def test_an_interruption_leaves_done_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "CHUNK", 2)
    for number in range(5):
        make_event(str(number))
    insert, output = deliveries._insert, io.StringIO()

    def insert_and_be_interrupted(*arguments: Any) -> int:
        if resends():
            raise KeyboardInterrupt
        return insert(*arguments)

    monkeypatch.setattr(deliveries, "_insert", insert_and_be_interrupted)
    with pytest.raises(CommandError, match="what is done stays") as raised:
        call_command("resend_events", "--all", "--progress", stdout=output)
    assert raised.value.returncode == 130
    assert "2 events of 2 conversations: 2 sent again.\n" in output.getvalue()
    assert len(resends()) == 2


def test_what_fin_lacks_is_found_and_sent(
    ticket: Ticket, customer: Customer, stopped_clock: Clock
) -> None:
    stopped_clock.set(timezone.now() + timedelta(minutes=5))
    old = make_ticket(customer)
    Ticket.objects.filter(pk=old.pk).update(created=timezone.now() - timedelta(days=3))
    assert run("--missing", "--since", "1d", "--dry-run") == (
        "1 conversation would be sent: Fin lacked it.\n"
    )
    assert not Event.objects.exists()
    assert json.loads(run("--missing", "--json")) == {"missing": 2, "dry_run": False}
    causes = {event.conversation_id: event.cause for event in Event.objects.all()}
    assert causes == {str(one.pk): "made without a signal" for one in (ticket, old)}
    assert run("--missing") == "Fin lacks nothing.\n"


@pytest.mark.parametrize(
    "more", [["--all"], ["--id", "1"], ["--state", "sent"], ["--rate", "3"], ["--until", "2h"]]
)
def test_missing_goes_with_since_only(more: list[str]) -> None:
    with pytest.raises(CommandError, match="--since only") as raised:
        run("--missing", *more)
    assert raised.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_fin_gets_what_is_sent_again(ticket: Ticket, fin: Receiver, stopped_clock: Clock) -> None:
    make_event(str(ticket.pk))
    ConversationState.objects.create(
        integration="default",
        conversation_id=str(ticket.pk),
        not_before=NOON + timedelta(hours=4),
    )
    run("--state", "failed")
    drain()
    assert fin.bodies == [{"conversation_id": str(ticket.pk)}]
    assert [event.state for event in resends()] == ["sent"]
