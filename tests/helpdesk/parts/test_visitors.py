"""End users of whom a helpdesk has no table."""

from __future__ import annotations

import pytest

from fin_bridge import helpdesk as fin
from fin_bridge.records import EndUser, NewEndUser
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


def test_nobody_becomes_a_customer_by_naming_an_address(
    desk: fin.Helpdesk, ticket: Ticket
) -> None:
    Ticket.objects.update(subject="ada@example.com", description="Ada")
    ada = desk.end_users.find("ada@example.com")
    made = desk.end_users.create(NewEndUser(email="ada@example.com", name="Eve"), CONTEXT)
    assert desk.end_users.id_of(ada) == "ada@example.com"
    assert desk.end_users.id_of(made).startswith("visitor-")
    assert desk.end_users.find(made.id) == made
    assert desk.end_users.find("visitor-unknown") is None


def test_what_fin_says_of_a_visitor_is_kept(desk: fin.Helpdesk) -> None:
    made = desk.end_users.create(NewEndUser(name="Eve", attributes={"plan": "pro"}), CONTEXT)
    assert desk.end_users.put(made, {"attributes": {"floor": 3}}, CONTEXT)
    assert desk.end_users.full_record(made) == EndUser(
        made.id, "Eve", attributes={"plan": "pro", "floor": 3}
    )
    assert desk.end_users.has(made)
    assert not desk.end_users.has(Ticket())


def test_a_conversation_remembers_the_visitor_whom_fin_made(
    desk: fin.Helpdesk, ticket: Ticket
) -> None:
    made = desk.end_users.create(NewEndUser(name="Eve", email="eve@example.com"), CONTEXT)
    desk.conversations.put(ticket, {"user": made}, CONTEXT)
    found = desk.conversations.get(str(ticket.pk))
    assert desk.conversations.read(found, "user") == made
    assert desk.person(found) == EndUser(made.id, "Eve", "eve@example.com")
