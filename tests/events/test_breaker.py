"""The circuit breaker: an outage costs no conversation one of its tries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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


@pytest.fixture
def alarms() -> Iterator[list[tuple[str, str]]]:
    """Reason and detail of each alarm."""
    heard: list[tuple[str, str]] = []

    def hear(reason: str, detail: str, **_: Any) -> None:
        heard.append((reason, detail))

    alarm_raised.connect(hear)
    yield heard
    alarm_raised.disconnect(hear)


@pytest.mark.parametrize("code", [403, 405, 410, 451])
def test_what_a_gateway_answers_is_no_conversations_fault(
    customer: Customer,
    fin: Receiver,
    clock: Clock,
    alarms: list[tuple[str, str]],
    code: int,
) -> None:
    fin.otherwise = status(code, b'{"message": "Forbidden"}', Content_Type="application/json")
    for _ in range(40):
        make_ticket(customer).save()
    for _ in range(60):
        settle_and_drain(clock)
    assert set(states()) == {State.WAITING}
    assert IntegrationState.objects.get().blocked == breaker.Block.UNAVAILABLE
    [(reason, detail)] = alarms
    assert reason == "unavailable"
    assert f"Something in front of Fin answered {code}" in detail

    fin.otherwise = status(204)
    fin.requests.clear()
    for _ in range(70):
        settle_and_drain(clock)
    assert states() == [State.SENT] * 40
    assert len(set(fin.conversations)) == 40
    assert len(alarms) == 1


def test_a_conversation_alone_that_a_gateway_refuses_goes_on_being_tried(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    fin.replies.extend([status(403)] * 4)
    ticket.save()
    for _ in range(4):
        settle_and_drain(clock, 60)
    event = Event.objects.get()
    assert (event.state, event.attempts) == (State.WAITING, 4)
    assert event.detail == "Something in front of Fin answered 403; Fin itself never does."
    settle_and_drain(clock, 80)
    assert states() == [State.SENT]


def test_a_wrong_key_pauses_the_integration_and_probes(
    customer: Customer,
    ticket: Ticket,
    fin: Receiver,
    clock: Clock,
    alarms: list[tuple[str, str]],
) -> None:
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
    assert [reason for reason, _ in alarms] == ["unauthorized"]
    assert not Event.objects.exclude(state=State.WAITING, attempts=0).exists()
    fin.otherwise = status(204)
    clock.advance(60)
    drain.drain()
    clock.advance(1)
    drain.drain()
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
