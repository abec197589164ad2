"""Fin writes as one agent: the one of the settings, or the first as which it writes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from fin_bridge.models import FinReference, IntegrationState
from helpdesk_demo.models import Customer, Ticket
from tests.support.fin_caller import Caller, let_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old_ticket(ticket: Ticket) -> Ticket:
    """Opened an hour ago."""
    Ticket.objects.update(created=ticket.created - timedelta(hours=1))
    return ticket


def writes(caller: Caller, ticket: Ticket, author: Any, **values: Any) -> Any:
    """A message of Fin's agent or of the customer."""
    kind = "agent" if isinstance(author, User) else "end_user"
    given = {"object_id": "m-1", "body": "<p>Hello</p>", **values}
    return caller.call(
        "create_message",
        conversation_id=str(ticket.pk),
        author={"id": str(author.pk), "user_type": kind},
        **given,
    )


def test_as_whom_fin_writes_first_it_is_known(
    caller: Caller, old_ticket: Ticket, sarah: User
) -> None:
    writes(caller, old_ticket, sarah)
    assert IntegrationState.objects.get().agent_id == str(sarah.pk)
    second = User.objects.create_user("fin", is_staff=True)
    assert writes(caller, old_ticket, second, object_id="m-2").status == 201
    assert IntegrationState.objects.get().agent_id == str(sarah.pk)


def test_where_fins_agent_is_set_it_writes_as_no_other(
    caller: Caller, old_ticket: Ticket, sarah: User, settings: Settings
) -> None:
    fins = User.objects.create_user("fin", is_staff=True)
    let_in(settings, AGENT_ID=str(fins.pk))
    answer = writes(caller, old_ticket, sarah)
    assert answer.status == 400
    assert answer.data["detail"] == "Fin may write as no other agent than its own."
    assert writes(caller, old_ticket, fins).status == 201
    assert not IntegrationState.objects.exists()


def test_an_unknown_agent_is_not_found(
    caller: Caller, old_ticket: Ticket, customer: Customer, sarah: User
) -> None:
    sarah.is_active = False
    sarah.save()
    assert writes(caller, old_ticket, sarah).status == 404
    assert not IntegrationState.objects.exists()
    assert not FinReference.objects.exists()
