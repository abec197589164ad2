"""Customers who are known by an address on their conversations."""

from __future__ import annotations

from typing import Any

import pytest

from fin_bridge import helpdesk as fin
from fin_bridge.helpdesk.fields.email import is_nowhere, nowhere
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Ticket

pytestmark = pytest.mark.django_db
CONTEXT = fin.Context("default")


class Threads(fin.Conversations):
    """Tickets whose subject is the address of their customer."""

    model, created_at = "helpdesk_demo.Ticket", "created"
    user = fin.Email("subject", name="description")
    status = fin.Const("open")


@pytest.fixture
def desk() -> fin.Helpdesk:
    return fin.Helpdesk(fin.Visitors, demo.Staff, Threads, demo.Replies)


def test_an_address_is_read_with_its_name(desk: fin.Helpdesk) -> None:
    user: Any = desk.conversations.fields["user"]
    assert user.read(Ticket(subject="")) is None
    ticket = Ticket(subject="Ada@Example.com", description="Ada")
    assert user.read(ticket) == fin.Visitor("ada@example.com", "Ada@Example.com", "Ada")


def test_an_address_is_found_in_lower_case_only(desk: fin.Helpdesk, ticket: Ticket) -> None:
    user: Any = desk.conversations.fields["user"]
    Ticket.objects.update(subject="Ada@Example.com", description="")
    found = user.find("ada@example.com")
    assert found == fin.Visitor("ada@example.com", "Ada@Example.com")
    for address in ("Ada@Example.com", "eve@example.com", "", "a" * 255, "\x00"):
        assert user.find(address) is None


def test_a_visitor_is_written_and_an_address_made_where_one_must_be(desk: fin.Helpdesk) -> None:
    user: Any = desk.conversations.fields["user"]
    ticket = Ticket(subject="", description="")
    visitor = fin.Visitor("visitor-1", "eve@example.com", "Eve")
    assert user.write(ticket, visitor, CONTEXT) == {"subject", "description"}
    assert (ticket.subject, ticket.description) == ("eve@example.com", "Eve")
    user.write(ticket, fin.Visitor("visitor-2"), CONTEXT)
    assert is_nowhere(ticket.subject)


def test_only_an_id_of_ours_is_left_over(desk: fin.Helpdesk) -> None:
    user: Any = desk.conversations.fields["user"]
    assert user.leftover(fin.Visitor("visitor-1", "eve@example.com")) == "visitor-1"
    assert user.leftover(fin.Visitor("eve@example.com", "eve@example.com")) is None


def test_no_address_is_made_twice() -> None:
    assert nowhere() != nowhere()
    assert is_nowhere(nowhere())
    assert not is_nowhere("ada@example.com")
