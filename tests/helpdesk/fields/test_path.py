"""Dotted paths: what is read along them, and what is written."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import NotWritableError
from fin_bridge.helpdesk import Helpdesk
from helpdesk_demo import fin as demo
from helpdesk_demo.models import (
    Customer,
    Ticket,
)
from tests.helpdesk.conftest import CONTEXT, Bare

pytestmark = pytest.mark.django_db


def test_what_is_no_text_is_written_into_a_text_column_as_json(
    desk: Helpdesk, customer: Customer
) -> None:
    desk.end_users.put(customer, {"attributes": {"plan": ["a", True], "company": 5}}, CONTEXT)
    customer.refresh_from_db()
    assert (customer.plan, customer.company) == ('["a",true]', "5")


def test_a_descriptor_of_ones_own_is_read_only_unless_it_writes() -> None:
    field = fin.Const(1).bind(Bare(), "title")
    with pytest.raises(NotWritableError, match=r"Bare\.title"):
        field.write(object(), 2, CONTEXT)
    with pytest.raises(NotImplementedError):
        fin.Field().read(object())


def test_a_row_that_a_path_leads_to_is_read_and_never_written(
    ticket: Ticket, sarah: User, customer: Customer
) -> None:
    class Named(demo.Tickets):
        title, attributes = "customer.full_name", {"agent": "assignee.username"}

    desk = Helpdesk(demo.Customers, demo.Staff, Named, demo.Replies)
    desk.conversations.put(ticket, {"title": "Somebody else"}, CONTEXT)
    customer.refresh_from_db()
    assert customer.full_name == "Ada Lovelace"
    assert desk.conversations.record(ticket).title == "Ada Lovelace"
    assert desk.conversations.record(ticket).attributes == {"agent": None}
    ticket.assignee = sarah
    assert desk.conversations.record(ticket).attributes == {"agent": "sarah"}
