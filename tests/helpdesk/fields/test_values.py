"""Single values: statuses, attributes, flags."""

from __future__ import annotations

from typing import Any

import pytest

from fin_bridge import helpdesk as fin
from fin_bridge.helpdesk import Helpdesk, current
from fin_bridge.helpdesk.writing import kept_values
from helpdesk_demo.models import (
    Customer,
    Reply,
    Status,
    Ticket,
)
from tests.helpdesk.conftest import CONTEXT

pytestmark = pytest.mark.django_db


def test_attributes_with_a_column_are_written_there_the_others_kept(
    desk: Helpdesk, customer: Customer
) -> None:
    desk.end_users.put(customer, {"attributes": {"plan": "free", "x": 1, "y": [2]}}, CONTEXT)
    desk.end_users.put(customer, {"attributes": {"x": None, "company": None}}, CONTEXT)
    customer.refresh_from_db()
    assert (customer.plan, customer.company) == ("free", "")
    assert kept_values.load("end_user", str(customer.pk)) == {"attributes": {"y": [2]}}
    assert desk.end_users.full_record(customer).attributes == {
        "plan": "free",
        "company": "",
        "y": [2],
    }


def test_a_status_is_the_row_that_its_word_names(desk: Helpdesk, ticket: Ticket) -> None:
    desk.conversations.put(ticket, {"status": "ended"}, CONTEXT)
    ticket.refresh_from_db()
    assert ticket.status.slug == "archived"
    assert Status.objects.count() == 4
    desk.conversations.reopen(ticket, CONTEXT)
    assert ticket.status.slug == "waiting"


def test_a_status_whose_row_is_gone_is_not_written(ticket: Ticket) -> None:
    Status.objects.filter(slug="solved").delete()
    current().conversations.put(ticket, {"status": "resolved", "title": "Fire"}, CONTEXT)
    ticket.refresh_from_db()
    assert (ticket.status.slug, ticket.subject) == ("waiting", "Fire")


def test_a_word_of_another_spelling_in_memory_is_the_same(desk: Helpdesk) -> None:
    flag = fin.Flag("internal", private=True).bind(desk.messages[1], "visibility")
    values: list[Any] = ["0", "1", "odd", None]
    assert [flag.read(Reply(internal=value)) for value in values] == [
        "public",
        "private",
        "private",
        "private",
    ]
