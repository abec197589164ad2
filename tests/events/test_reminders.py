"""Reminders: Fin is told again of what it has not pulled."""

from __future__ import annotations

import pytest

from fin_bridge.events import (
    sweep,
)
from fin_bridge.models import ConversationState, Event
from helpdesk_demo.models import Ticket
from tests.support.draining import settle_and_drain
from tests.support.receiver import Receiver
from tests.support.world import Clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_an_event_that_is_not_pulled_is_sent_again_twice(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    ticket.save()
    settle_and_drain(clock)
    ConversationState.objects.update(known_at=clock.now)
    sent = []
    for _ in range(100):
        clock.advance(minutes=1)
        sweep.sweep()
        sent.append(len(fin.requests))
    assert [sent[5], sent[7], sent[57], sent[62], sent[99]] == [1, 2, 2, 3, 3]
    assert set(Event.objects.values_list("cause", flat=True)[1:]) <= {
        "not pulled by Fin",
        f"helpdesk_demo.Ticket {ticket.pk} changed",
    }
