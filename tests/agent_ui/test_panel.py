"""What the panel says, and what both tags put into a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.template import Context, Template
from django.test import RequestFactory
from pytest_django import Settings

from fin_bridge.agent_ui.panel import Panel
from fin_bridge.helpdesk import current
from fin_bridge.models import ConversationState, Event
from helpdesk_demo.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.agent_ui_pages")]


NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def fin_agent(settings: Settings) -> User:
    account = User.objects.create_user("fin", first_name="Fin", is_staff=True)
    [(name, options)] = settings.FIN_BRIDGE_INTEGRATIONS.items()
    settings.FIN_BRIDGE_INTEGRATIONS = {name: {**options, "AGENT_ID": str(account.pk)}}
    return account


def panel(ticket: Ticket, user: Any) -> Panel:
    found = Panel.load(str(ticket.pk), user)
    assert found is not None
    return found


def remember(ticket: Ticket, **values: Any) -> None:
    ConversationState.objects.create(
        integration="default", conversation_id=str(ticket.pk), **values
    )


def change(ticket: Ticket, state: str) -> None:
    Event.objects.create(conversation_id=str(ticket.pk), state=state, created_at=NOW, due_at=NOW)


def render(template: str, **context: Any) -> str:
    request = RequestFactory().get("/")
    request.user = context.pop("user", AnonymousUser())
    whole = Context({"request": request, "csrf_token": "the-token", **context})
    return Template("{% load fin_bridge %}" + template).render(whole)


@pytest.mark.parametrize(
    ("holder", "in_charge"), [("", "nobody"), ("fin", "fin"), ("people", "people")]
)
def test_where_nobody_is_named_it_is_remembered_who_has_it(
    ticket: Ticket, sarah: User, holder: str, in_charge: str
) -> None:
    remember(ticket, holder=holder)
    assert panel(ticket, sarah).in_charge == in_charge
    assert panel(ticket, sarah).can_take_over


def test_whom_the_helpdesk_names_is_in_charge(
    ticket: Ticket, sarah: User, fin_agent: User
) -> None:
    tom = User.objects.create_user("tom", is_staff=True)
    remember(ticket, holder="fin")
    seen = []
    for assignee in (fin_agent, tom, sarah):
        Ticket.objects.filter(pk=ticket.pk).update(assignee=assignee)
        found = panel(ticket, sarah)
        seen.append((found.in_charge, found.can_take_over))
    assert seen == [("fin", True), ("person", False), ("me", False)]


@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_who_is_no_agent_takes_nothing_over(ticket: Ticket, user: Any) -> None:
    assert not panel(ticket, user).can_take_over


@pytest.mark.parametrize(
    ("newest", "state", "news"),
    [
        (None, {}, "unknown"),
        ("waiting", {}, "waiting"),
        ("sending", {"posted_at": NOW, "pulled_at": LATER}, "waiting"),
        ("failed", {"posted_at": NOW}, "failed"),
        ("sent", {"posted_at": NOW}, "sent"),
        ("merged", {"posted_at": LATER, "pulled_at": NOW}, "sent"),
        ("sent", {"posted_at": NOW, "pulled_at": LATER}, "pulled"),
        (None, {"pulled_at": NOW}, "pulled"),
    ],
)
def test_how_far_the_last_change_has_come(
    ticket: Ticket, sarah: User, newest: str | None, state: dict[str, datetime], news: str
) -> None:
    remember(ticket, **state)
    if newest:
        change(ticket, Event.State.FAILED)
        change(ticket, newest)
    assert panel(ticket, sarah).news == news


def test_typing_is_no_change(ticket: Ticket, sarah: User) -> None:
    Event.objects.create(
        conversation_id=str(ticket.pk), kind="typing", state="failed", created_at=NOW, due_at=NOW
    )
    assert panel(ticket, sarah).news == "unknown"


def test_what_is_not_fins_has_no_panel(
    ticket: Ticket, sarah: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Panel.load("999", sarah) is None
    monkeypatch.setattr(type(current().conversations), "scope", "known")
    assert Panel.load(str(ticket.pk), sarah) is None
    assert render("{% fin_panel ticket %}", ticket=ticket, user=sarah).strip() == ""


def test_what_the_helpdesk_hides_from_an_agent_has_no_panel(
    ticket: Ticket, sarah: User, settings: Settings
) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.agent_ui.test_access.own"
    assert Panel.load(str(ticket.pk), sarah) is None
    Ticket.objects.filter(pk=ticket.pk).update(assignee=sarah)
    assert panel(ticket, sarah).in_charge == "me"
