"""Settling: what became of a POST is written down under the token of its claim."""

from __future__ import annotations

from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connection

from fin_bridge.events import (
    claims,
    drain,
    retry,
    settling,
    sweep,
)
from fin_bridge.events.posting import Exchange
from fin_bridge.models import Attempt, ConversationState, Event
from fin_bridge.signals import event_sent
from helpdesk_demo.models import Customer, Ticket
from tests.support.draining import State, settle_and_drain, states
from tests.support.receiver import Receiver, status
from tests.support.world import Clock, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_what_is_claimed_together_fails_together(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    fin.otherwise = status(400)
    ticket.save()
    ticket.save()
    settle_and_drain(clock)
    assert states() == [State.WAITING, State.WAITING]
    settle_and_drain(clock, 10)
    assert states() == [State.FAILED, State.FAILED]
    fin.otherwise = status(204)
    ticket.save()
    settle_and_drain(clock, 2)
    assert states()[-1] == State.SENT


def test_each_conversation_of_a_batch_was_posted_when_it_was(
    customer: Customer, clock: Clock
) -> None:
    """Else a pull after the first POST and before the second would count for both."""
    for _ in range(2):
        make_ticket(customer).save()
    clock.advance(1)
    pair = claims.claim("default", clock.now, 10)
    starts = [clock.now, clock.now + timedelta(seconds=12)]
    pulled_at = clock.now + timedelta(seconds=5)
    ConversationState.objects.update(pulled_at=pulled_at)
    settling.settle(
        [
            settling.Report(
                one,
                retry.Outcome.SENT,
                Exchange(started_at),
            )
            for one, started_at in zip(pair, starts, strict=True)
        ],
        starts[1],
    )
    kept = [ConversationState.objects.get(conversation_id=one.conversation_id) for one in pair]
    assert [state.posted_at for state in kept] == starts
    assert [state.not_before for state in kept] == [
        started_at + timedelta(seconds=1) for started_at in starts
    ]
    events = Event.objects.in_bulk([one.event_id for one in pair])
    assert [events[one.event_id].pulled_at for one in pair] == [pulled_at, None]


def test_a_zombies_settling_changes_nothing(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    ticket.save()
    clock.advance(1)
    [late] = claims.claim("default", clock.now, 10)
    clock.advance(61)
    sweep.sweep()
    assert states() == [State.SENT]
    ticket.save()
    exchange = Exchange(clock.now, outcome="rejected")
    settling.settle(
        [settling.Report(late, retry.Outcome.REJECTED, exchange, detail="late")], clock.now
    )
    assert states() == [State.SENT, State.WAITING]
    assert Attempt.objects.filter(outcome="rejected").exists()


def test_a_pull_before_the_answer_is_written_down_counts(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    def pull(handler: BaseHTTPRequestHandler) -> None:
        try:
            ConversationState.objects.update(pulled_at=clock.now)
        finally:
            connection.close()
        status(204)(handler)

    fin.replies.append(pull)
    ticket.save()
    clock.advance(1)
    drain.drain()
    # The clock stands while the POST does not: it began a little before it.
    assert Event.objects.get().pulled_at == clock.now


def test_signals_tell_what_was_sent_and_a_broken_receiver_breaks_nothing(
    ticket: Ticket, fin: Receiver, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[dict[str, Any]] = []

    def broken(**about: Any) -> None:
        told.append(about)
        raise ZeroDivisionError

    event_sent.connect(broken, dispatch_uid="broken")
    ticket.save()
    settle_and_drain(clock)
    event_sent.disconnect(dispatch_uid="broken")
    assert told[0]["conversation_id"] == str(ticket.pk)
    assert told[0]["integration"] == "default"
    assert states() == [State.SENT]
    assert "receiver" in caplog.text
