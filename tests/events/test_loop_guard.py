"""Fin and the helpdesk's automation answer each other: Fin is told of all of it, but seldom."""

from __future__ import annotations

from typing import Any

import pytest

from fin_bridge import notify
from fin_bridge.events import drain
from fin_bridge.helpdesk.writing import own_writes
from fin_bridge.models import Event
from fin_bridge.signals import alarm_raised
from helpdesk_demo.models import Customer, Ticket
from tests.support.receiver import Receiver
from tests.support.world import Clock, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def alarms() -> Any:
    raised: list[str] = []
    alarm_raised.connect(
        lambda reason, **_: raised.append(reason), weak=False, dispatch_uid="loops"
    )
    yield raised
    alarm_raised.disconnect(dispatch_uid="loops")


def react(ticket: Ticket) -> None:
    """What the helpdesk does by itself when Fin has written."""
    with own_writes.as_fin():
        notify(ticket, "auto-reply")


def play(clock: Clock, ticket: Ticket, seconds: int) -> None:
    """As soon as Fin is told it writes, and the helpdesk reacts."""
    for _ in range(seconds // 2):
        if not Event.objects.filter(
            conversation_id=str(ticket.pk), state=Event.State.WAITING
        ).exists():
            react(ticket)
        clock.advance(2)
        drain.drain()


def test_a_loop_is_told_seldom_and_alarmed_once(
    ticket: Ticket, fin: Receiver, stopped_clock: Clock, alarms: list[str]
) -> None:
    play(stopped_clock, ticket, 280)
    assert len(fin.requests) == 6
    assert alarms == ["loop"]
    assert Event.objects.filter(state=Event.State.WAITING).exists()
    play(stopped_clock, ticket, 60)
    assert len(fin.requests) == 7


def test_a_persons_doing_is_told_at_once(
    ticket: Ticket, fin: Receiver, stopped_clock: Clock
) -> None:
    play(stopped_clock, ticket, 60)
    before = len(fin.requests)
    ticket.save()
    stopped_clock.advance(2)
    drain.drain()
    assert len(fin.requests) == before + 1
    assert not Event.objects.filter(state=Event.State.WAITING).exists()
    play(stopped_clock, ticket, 20)
    assert len(fin.requests) > before + 1


def test_another_conversation_is_not_held_up(
    customer: Customer, ticket: Ticket, fin: Receiver, stopped_clock: Clock, alarms: list[str]
) -> None:
    play(stopped_clock, ticket, 60)
    other = make_ticket(customer)
    react(ticket)
    react(other)
    stopped_clock.advance(2)
    drain.drain()
    assert fin.conversations[-1] == str(other.pk)
    assert alarms == ["loop"]
