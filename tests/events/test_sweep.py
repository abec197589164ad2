"""The sweep: what hints and drains have missed is found."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.utils import OperationalError

from fin_bridge.events import (
    claims,
    sweep,
)
from fin_bridge.models import Attempt, Event
from helpdesk_demo.models import Ticket
from tests.support.draining import State, settle_and_drain, states
from tests.support.receiver import Receiver
from tests.support.world import Clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_a_dead_workers_events_are_taken_over(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    ticket.save()
    clock.advance(1)
    claims.claim("default", clock.now, 10)
    clock.advance(59)
    sweep.sweep()
    assert fin.requests == []
    clock.advance(10)
    sweep.sweep()
    assert states() == [State.SENT]
    assert [one.outcome for one in Attempt.objects.order_by("pk")] == ["lost", "sent"]
    assert Event.objects.get().attempts == 1


def test_what_was_recorded_under_other_settings_is_found_by_the_sweep(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    ticket.save()
    Event.objects.update(integration="")  # as where there were two, or a scope
    settle_and_drain(clock)
    assert fin.requests == []
    sweep.sweep()
    assert fin.conversations == [str(ticket.pk)]


def test_events_of_an_integration_that_is_gone_are_cancelled(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    ticket.save()
    Event.objects.update(integration="former")
    clock.advance(10)
    sweep.sweep()
    event = Event.objects.get()
    assert (event.state, event.detail) == (State.CANCELLED, "The integration is gone.")


def test_one_process_sweeps_in_ten_seconds(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    assert sweep.is_overdue()
    sweep.sweep()
    assert not sweep.is_overdue()
    clock.advance(11)
    assert sweep.is_overdue()


def test_a_database_that_fails_is_no_fault_of_a_chore(clock: Clock) -> None:
    def fail(*_: object) -> Any:
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        sweep._do(fail, clock.now)
