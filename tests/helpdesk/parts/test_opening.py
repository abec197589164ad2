"""The text that opens a conversation, on the conversation's own row."""

from __future__ import annotations

import pytest

from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.reading.timeline import Timeline
from helpdesk_demo import fin as demo
from helpdesk_demo.models import (
    Ticket,
)

pytestmark = pytest.mark.django_db


def test_an_opening_that_is_filtered_is_looked_for(ticket: Ticket) -> None:
    for where, shown in (({}, 1), ({"subject": "Printer"}, 1), ({"subject": "Paper"}, 0)):
        openings = type("Openings", (demo.Openings,), {"where": where})
        desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, openings, demo.Replies)
        assert len(list(Timeline(desk, ticket))) == shown


def test_an_opening_may_be_private(ticket: Ticket) -> None:
    class Summary(demo.Openings):
        visibility = "private"

    desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, Summary, demo.Replies)
    [(_, message, _)] = Timeline(desk, ticket)
    assert message.visibility == "private"
    assert desk.messages[0].conversation_id(ticket) == str(ticket.pk)
