"""Conditions of a part: for the database, and for one object."""

from __future__ import annotations

import pytest

from fin_bridge.helpdesk import Helpdesk
from helpdesk_demo import fin as demo
from helpdesk_demo.models import (
    Ticket,
)

pytestmark = pytest.mark.django_db


def test_a_condition_may_name_several_values(ticket: Ticket) -> None:
    for slugs, is_one in ((["new", "waiting"], True), ({"solved"}, False)):
        tickets = type("Tickets", (demo.Tickets,), {"where": {"status.slug": slugs}})
        desk = Helpdesk(demo.Customers, demo.Staff, tickets, demo.Openings, demo.Replies)
        assert (desk.conversations.find(str(ticket.pk)) == ticket) is is_one
        assert desk.conversations.has(ticket) is is_one
