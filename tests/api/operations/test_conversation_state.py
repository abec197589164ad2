"""What is remembered of a conversation: its holder, its pulls, and what Fin was shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from fin_bridge.events import drain, reconcile, reminders
from fin_bridge.helpdesk import current
from fin_bridge.models import (
    ConversationState,
    Event,
)
from fin_bridge.signals import handover_requested
from helpdesk_demo.models import Customer, Ticket
from tests.support.fin_caller import Caller
from tests.support.receiver import Receiver
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_pull_is_noted_with_what_was_shown(
    caller: Caller, ticket: Ticket, stopped_clock: Clock
) -> None:
    state = ConversationState.objects.create(
        integration="default", conversation_id=str(ticket.pk), reminders=2
    )
    sent = {
        "integration": "default",
        "conversation_id": str(ticket.pk),
        "created_at": stopped_clock.now,
        "due_at": stopped_clock.now,
        "settled_at": stopped_clock.now,
    }
    reached = [
        Event.objects.create(state="sent", **sent),
        Event.objects.create(state="merged", **sent),
    ]
    others = [
        Event.objects.create(state="sent", **{**sent, "conversation_id": "999"}),
        Event.objects.create(
            state="sent", **{**sent, "settled_at": stopped_clock.now + timedelta(seconds=1)}
        ),
        Event.objects.create(state="waiting", **{**sent, "settled_at": None}),
        Event.objects.create(state="sent", **{**sent, "kind": "typing"}),
    ]
    caller.ask("get_conversation", conversation_id=str(ticket.pk))
    state.refresh_from_db()
    assert state.known_at == state.pulled_at == stopped_clock.now
    assert state.reminders == 0
    assert state.shown["title"] == "Printer"
    pulled = Event.objects.filter(pulled_at=stopped_clock.now)
    assert set(pulled) == set(reached)
    assert Event.objects.filter(pulled_at=None).count() == len(others)


@pytest.mark.parametrize("operation", ["get_conversation", "get_messages"])
@pytest.mark.parametrize("with_signal", [True, False])
def test_a_conversation_gone_that_fin_has_been_told_of_is_not_told_again(
    caller: Caller,
    ticket: Ticket,
    fin: Receiver,
    stopped_clock: Clock,
    operation: str,
    with_signal: bool,
) -> None:
    pk = ticket.pk
    for name in ("get_conversation", "get_messages"):
        caller.ask(name, conversation_id=str(pk))
    tickets = Ticket.objects.filter(pk=pk)
    if with_signal:
        tickets.delete()
    else:
        tickets._raw_delete(using="default")
    stopped_clock.advance(2)
    drain.drain()
    told = Event.objects.count()
    assert (told, len(fin.requests)) == ((1, 1) if with_signal else (0, 0))
    stopped_clock.advance(2)
    assert caller.refused(operation, conversation_id=str(pk))[0] == 404
    assert Event.objects.filter(pulled_at=stopped_clock.now).count() == told
    for _ in range(70):
        stopped_clock.advance(minutes=1)
        reminders.remind(stopped_clock.now)
        reconcile.find_missing(stopped_clock.now - timedelta(days=1), stopped_clock.now)
    assert Event.objects.count() == told


def test_an_unknown_conversation_leaves_no_trace(caller: Caller, ticket: Ticket) -> None:
    for operation in ("get_conversation", "get_messages"):
        caller.refused(operation, conversation_id="999")
    assert not ConversationState.objects.exists()


def test_a_conversation_that_is_only_out_of_scope_is_not_gone(
    caller: Caller, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.ask("get_conversation", conversation_id=str(ticket.pk))
    monkeypatch.setattr(type(current().conversations), "scope", lambda *_: False)
    caller.refused("get_conversation", conversation_id=str(ticket.pk))
    assert ConversationState.objects.get().shown["title"] == "Printer"


def test_a_pull_that_began_after_the_post_has_reached_what_is_settled_during_it(
    caller: Caller, ticket: Ticket, stopped_clock: Clock
) -> None:
    about = {"integration": "default", "conversation_id": str(ticket.pk)}
    ConversationState.objects.create(posted_at=stopped_clock.now - timedelta(seconds=1), **about)
    late = stopped_clock.now + timedelta(seconds=1)
    Event.objects.create(
        state="sent", created_at=stopped_clock.now, due_at=late, settled_at=late, **about
    )
    caller.ask("get_messages", conversation_id=str(ticket.pk))
    assert Event.objects.get().pulled_at == stopped_clock.now


@pytest.fixture
def old_ticket(ticket: Ticket) -> Ticket:
    """Opened an hour ago."""
    Ticket.objects.update(created=ticket.created - timedelta(hours=1))
    return ticket


def test_loading_messages_is_a_pull(
    caller: Caller, old_ticket: Ticket, stopped_clock: Clock
) -> None:
    caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    state = ConversationState.objects.get()
    assert (state.pulled_at, state.shown) == (stopped_clock.now, {})


def test_a_later_pull_is_not_forgotten_for_one_that_ends_after_it(
    caller: Caller, old_ticket: Ticket, stopped_clock: Clock
) -> None:
    about = {"integration": "default", "conversation_id": str(old_ticket.pk)}
    later = stopped_clock.now + timedelta(seconds=1)
    ConversationState.objects.create(pulled_at=later, known_at=later, **about)
    caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    state = ConversationState.objects.get()
    assert (state.pulled_at, state.known_at) == (later, later)


@pytest.fixture
def fins_agent(sarah: User, settings: Settings) -> User:
    """The account that acts as Fin; Sarah is another."""
    return User.objects.create_user("fin", "fin@example.com", is_staff=True, first_name="Fin")


@pytest.fixture
def handovers() -> Iterator[list[dict[str, Any]]]:
    """What the host hears of them."""
    heard: list[dict[str, Any]] = []

    def hear(**given: Any) -> None:
        heard.append(given)

    handover_requested.connect(hear)
    yield heard
    handover_requested.disconnect(hear)


def update(caller: Caller, ticket: Ticket, **changes: Any) -> Any:
    return caller.ask("update_conversation", conversation_id=str(ticket.pk), **changes)


def load(caller: Caller, ticket: Ticket) -> Any:
    return caller.ask("get_conversation", conversation_id=str(ticket.pk))


def by_a_person(ticket: Ticket, **changes: Any) -> None:
    """Without an event of its own, so that only what follows is seen."""
    Ticket.objects.filter(pk=ticket.pk).update(**changes)


def test_what_fin_created_it_holds_though_its_agent_is_unknown(
    caller: Caller, customer: Customer, handovers: list[dict[str, Any]]
) -> None:
    caller.opens(str(customer.pk))
    update(caller, Ticket.objects.get(), assignee_id=None)
    assert len(handovers) == 1


def test_while_its_agent_is_unknown_fin_holds_whom_it_assigned(
    caller: Caller,
    customer: Customer,
    fins_agent: User,
    sarah: User,
    handovers: list[dict[str, Any]],
) -> None:
    caller.opens(str(customer.pk))
    ticket = Ticket.objects.get()
    update(caller, ticket, assignee_id=str(fins_agent.pk))
    assert load(caller, ticket)["assignee"]["id"] == str(fins_agent.pk)
    assert update(caller, ticket, assignee_id=None)["assignee"] is None
    assert len(handovers) == 1


def test_while_its_agent_is_unknown_people_hold_what_they_took(
    caller: Caller,
    customer: Customer,
    fins_agent: User,
    sarah: User,
    handovers: list[dict[str, Any]],
) -> None:
    caller.opens(str(customer.pk))
    ticket = Ticket.objects.get()
    update(caller, ticket, assignee_id=str(fins_agent.pk))
    by_a_person(ticket, assignee=sarah)
    for _ in range(2):
        assert load(caller, ticket)["assignee"]["id"] == str(sarah.pk)
        assert update(caller, ticket, assignee_id=None)["assignee"]["id"] == str(sarah.pk)
    assert handovers == []
