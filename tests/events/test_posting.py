"""Posting: the keys, and what is said where nobody answers."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from fin_bridge.models import Attempt, Event
from helpdesk_demo.models import Ticket
from tests.support.draining import State, settle_and_drain, states
from tests.support.receiver import Receiver, status
from tests.support.world import Clock, use_fin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_the_second_key_is_tried(
    ticket: Ticket, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    use_fin(settings, fin.url, WEBHOOK_KEYS=["new", lambda: "old"])
    fin.replies.append(status(401))
    ticket.save()
    settle_and_drain(clock)
    assert [request.headers["X-Webhook-Key"] for request in fin.requests] == ["new", "old"]
    assert states() == [State.SENT]


def test_nobody_there_is_a_failure_in_words(ticket: Ticket, clock: Clock) -> None:
    ticket.save()
    settle_and_drain(clock)
    assert Event.objects.get().detail == "No answer: connection."
    assert Attempt.objects.get().outcome == "connection"
