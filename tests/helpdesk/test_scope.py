"""Which conversations are Fin's."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from fin_bridge.database.clock import Now
from fin_bridge.helpdesk import current
from fin_bridge.helpdesk.scope import fins
from fin_bridge.models import ConversationState, IntegrationState
from helpdesk_demo.models import Customer, Ticket
from tests.support.world import make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def tickets(customer: Customer) -> dict[str, Ticket]:
    """Three of Ada's."""
    return {str(ticket.pk): ticket for ticket in (make_ticket(customer) for _ in range(3))}


def scope(monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    monkeypatch.setattr(current().conversations, "scope", value)


def know(conversation_id: str, integration: str = "default") -> None:
    ConversationState.objects.create(
        integration=integration, conversation_id=conversation_id, known_at=Now()
    )


def test_all_may_be(tickets: dict[str, Ticket]) -> None:
    assert fins(current(), tickets) == dict.fromkeys(tickets, "default")
    assert fins(current(), {}) == {}


def test_known_are_those_that_fin_started_or_was_given(
    tickets: dict[str, Ticket], sarah: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    scope(monkeypatch, "known")
    known, given, other = tickets
    know(known)
    ConversationState.objects.create(integration="default", conversation_id=other)
    tickets[given].assignee = sarah
    assert fins(current(), tickets) == {known: "default"}
    IntegrationState.objects.create(integration="default", agent_id=str(sarah.pk))
    assert fins(current(), tickets) == {known: "default", given: "default"}


def test_a_method_may_say(
    tickets: dict[str, Ticket], sarah: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = tickets
    know(second)
    scope(monkeypatch, lambda ticket: str(ticket.pk) == first)
    assert fins(current(), tickets) == {first: "default"}


def two_integrations(settings: Settings) -> None:
    settings.FIN_BRIDGE_INTEGRATIONS = {"europe": {}, "america": {}}


def test_the_helpdesk_says_which_integrations(
    tickets: dict[str, Ticket], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    two_integrations(settings)
    first, second, third = tickets
    names = {first: "europe", second: "asia", third: None}
    monkeypatch.setattr(
        current().conversations, "integration", lambda ticket: names[str(ticket.pk)]
    )
    assert fins(current(), tickets) == {first: "europe"}


def test_where_it_does_not_say_the_one_that_knows_it_does(
    tickets: dict[str, Ticket], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    two_integrations(settings)
    scope(monkeypatch, "known")
    first, second, _ = tickets
    know(first, "america")
    know(second, "europe")
    know(second, "america")
    assert fins(current(), tickets) == {first: "america"}


def test_another_integrations_knowledge_does_not_count(
    tickets: dict[str, Ticket], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    two_integrations(settings)
    scope(monkeypatch, "known")
    first, *_ = tickets
    know(first, "america")
    monkeypatch.setattr(current().conversations, "integration", lambda ticket: "europe")
    assert fins(current(), tickets) == {}


def test_the_number_of_queries_does_not_grow(
    customer: Customer, sarah: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope(monkeypatch, "known")
    IntegrationState.objects.create(integration="default", agent_id=str(sarah.pk))
    ids = [str(make_ticket(customer, assignee=sarah).pk) for _ in range(20)]
    objects = current().conversations.in_bulk(ids)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(fins(current(), objects)) == 20
    assert len(queries) == 2
