"""Conversations as Fin is shown them, and those that Fin opens."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from fin_bridge.helpdesk import Context, Helpdesk
from fin_bridge.models import Event
from fin_bridge.records import (
    Agent,
    EndUser,
    NewConversation,
    NewEndUser,
)
from helpdesk_demo.models import (
    Customer,
    Label,
    StaffProfile,
    Ticket,
)
from tests.helpdesk.conftest import message

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(desk: Helpdesk, customer: Customer, sarah: User) -> Ticket:
    new = NewConversation(
        "c1",
        NewEndUser(),
        message(desk, customer, body="<p>Help<script>x</script></p>"),
        title="T" * 300,
        attributes={"channel": "web", "empty": None},
    )
    ticket: Ticket = desk.conversations.create(new, customer, Context("default", sarah))
    return ticket


def test_a_conversation_as_fin_is_shown_it(
    desk: Helpdesk, ticket: Ticket, sarah: User, customer: Customer
) -> None:
    StaffProfile.objects.create(user=sarah, alias="Sal", portrait_url="https://x.example/s.png")
    ticket.assignee = sarah
    ticket.save()
    ticket.labels.add(Label.objects.create(name="urgent"))
    record = desk.conversations.record(desk.conversations.get(str(ticket.pk)))
    assert record.id == str(ticket.pk)
    assert (record.title, record.status, record.tags) == ("Printer", "open", ("urgent",))
    assert record.user == EndUser(
        str(customer.pk),
        "Ada Lovelace",
        "ada@example.com",
        attributes={"plan": "pro", "company": ""},
    )
    assert record.assignee == Agent(
        str(sarah.pk), "Sarah Lee", "sarah@example.com", "https://x.example/s.png", "Sal"
    )
    assert record.created_at == ticket.created


def test_a_conversation_of_fins(desk: Helpdesk, written: Ticket, sarah: User) -> None:
    record = desk.conversations.record(desk.conversations.get(str(written.pk)))
    assert record.title == "T" * 200
    assert record.status == "open"
    assert record.attributes == {"channel": "web"}
    assert record.assignee is not None
    assert written.description == "<p>Help</p>"
    assert not Event.objects.exists()
