"""The circuit breaker: an outage costs no conversation one of its tries."""

from __future__ import annotations

import pytest

from fin_bridge.events import (
    breaker,
    drain,
)
from fin_bridge.models import Event, IntegrationState
from fin_bridge.signals import alarm_raised
from helpdesk_demo.models import Customer, Ticket
from tests.support.draining import State, settle_and_drain, states
from tests.support.receiver import Receiver, status
from tests.support.world import Clock, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_fin_asking_to_wait_stops_the_whole_integration(
    customer: Customer, ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    fin.replies.append(status(429, Retry_After="120"))
    ticket.save()
    settle_and_drain(clock)
    other = make_ticket(customer)
    other.save()
    look = settle_and_drain(clock, 60)
    assert len(fin.requests) == 1
    assert look == 60
    assert Event.objects.filter(state=State.WAITING, attempts=0).count() == 2
    settle_and_drain(clock, 60)
    assert set(states()) == {State.SENT}


def test_a_wrong_key_pauses_the_integration_and_probes(
    customer: Customer, ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    alarms: list[str] = []
    alarm_raised.connect(
        lambda reason, **_: alarms.append(reason), weak=False, dispatch_uid="alarms"
    )
    fin.otherwise = status(401)
    ticket.save()
    settle_and_drain(clock)
    for _ in range(3):
        make_ticket(customer).save()
        settle_and_drain(clock, 10)
    assert len(fin.requests) == 1
    clock.advance(60)
    assert drain.drain() == 60
    assert len(fin.requests) == 2
    assert alarms == ["unauthorized"]
    assert not Event.objects.exclude(state=State.WAITING, attempts=0).exists()
    fin.otherwise = status(204)
    clock.advance(60)
    drain.drain()
    clock.advance(1)
    drain.drain()
    alarm_raised.disconnect(dispatch_uid="alarms")
    assert set(states()) == {State.SENT}


def test_the_breaker_opens_probes_and_drains_at_a_rate(
    customer: Customer, fin: Receiver, clock: Clock
) -> None:
    fin.otherwise = status(503)
    tickets = [make_ticket(customer) for _ in range(20)]
    for one in tickets[:6]:
        one.save()
    settle_and_drain(clock)
    assert IntegrationState.objects.get().blocked == breaker.Block.UNAVAILABLE
    sent = len(fin.requests)
    for one in tickets:
        one.save()
    settle_and_drain(clock)
    assert len(fin.requests) == sent
    for wait in (5, 10, 20):
        settle_and_drain(clock, wait)
    assert len(fin.requests) == sent + 3

    fin.otherwise = status(204)
    settle_and_drain(clock, 60)
    state = IntegrationState.objects.get()
    assert (state.blocked, state.recovering) == ("", True)
    before = len(fin.requests)
    settle_and_drain(clock, 1)
    assert len(fin.requests) - before <= 5
    for _ in range(10):
        settle_and_drain(clock, 1)
    assert set(states()) == {State.SENT, State.MERGED}
    assert not IntegrationState.objects.get().recovering


def test_many_unknown_conversations_are_the_integrations_matter(
    customer: Customer, fin: Receiver, clock: Clock
) -> None:
    fin.otherwise = status(404)
    for _ in range(20):
        make_ticket(customer).save()
    settle_and_drain(clock)
    assert IntegrationState.objects.get().blocked == breaker.Block.NOT_FOUND


def test_a_paused_integration_sends_nothing(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    breaker.read("default")
    IntegrationState.objects.update(paused_at=clock.now)
    ticket.save()
    assert settle_and_drain(clock) is None
    assert fin.requests == []
    assert states() == [State.WAITING]
