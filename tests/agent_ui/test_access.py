"""An agent is admitted to the conversations of Fin's that the helpdesk shows to that agent."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.agent_ui.access import admit, may_see
from fin_bridge.exceptions import NotFoundError
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Ticket

pytestmark = pytest.mark.django_db


class Own(demo.Tickets):
    """Each agent sees the tickets assigned to them, and no others."""

    def visible_to(self, queryset: Any, agent: Any) -> Any:
        return queryset.filter(assignee=agent)


own = fin.Helpdesk(demo.Customers, demo.Staff, Own, demo.Openings, demo.Replies)


def test_an_agent_is_admitted(ticket: Ticket, sarah: User) -> None:
    admitted = admit(sarah, str(ticket.pk))
    assert (admitted.user, admitted.conversation) == (sarah, ticket)
    assert (admitted.conversation_id, admitted.integration) == (str(ticket.pk), "default")
    assert (admitted.agent.id, admitted.agent.name) == (str(sarah.pk), "Sarah Lee")


def test_nobody_else_is(ticket: Ticket, sarah: User, settings: Settings) -> None:
    refused: list[tuple[Any, str]] = [
        (AnonymousUser(), str(ticket.pk)),
        (User.objects.create_user("ada"), str(ticket.pk)),
        (sarah, "999999"),
    ]
    texts = set()
    for user, conversation_id in refused:
        with pytest.raises(NotFoundError) as error:
            admit(user, conversation_id)
        texts.add(str(error.value))
    settings.FIN_BRIDGE_HELPDESK = "tests.agent_ui.test_access.own"
    with pytest.raises(NotFoundError) as error:
        admit(sarah, str(ticket.pk))
    assert texts == {str(error.value)}


def test_the_helpdesk_says_who_may_see(ticket: Ticket, sarah: User, settings: Settings) -> None:
    assert may_see(sarah, ticket)
    settings.FIN_BRIDGE_HELPDESK = "tests.agent_ui.test_access.own"
    assert not may_see(sarah, ticket)
    Ticket.objects.filter(pk=ticket.pk).update(assignee=sarah)
    assert may_see(sarah, ticket)
    assert admit(sarah, str(ticket.pk)).conversation == ticket
