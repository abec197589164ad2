"""FAULTS 56 and 57: Fin and a helpdesk in a loop, where only people may be the cause of an event.

Fin is the simulator, which pulls, answers and ends each sync with an update, as Fin does; or it
calls in complete syncs that write of customers too, with reconcile after each.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from fin_bridge.events import drain, reconcile
from fin_bridge.models import Event
from fin_bridge.testing import FinSimulator
from helpdesk_demo.models import Customer, Reply, Ticket
from tests.support.fin_caller import DIALECTS, SIGNING_KEY, TOKEN, Caller, let_in
from tests.support.world import Clock, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)

SYNCS = int(os.environ.get("FIN_BRIDGE_TEST_SYNCS", "20"))
CONVERSATIONS = 5


@pytest.fixture
def fins_agent(sarah: User) -> User:
    """The account that acts as Fin; Sarah is another."""
    return User.objects.create_user("fin", "fin@example.com", is_staff=True, first_name="Fin")


@pytest.fixture(params=DIALECTS)
def fin(
    request: pytest.FixtureRequest, live_server: LiveServer, settings: Settings, fins_agent: User
) -> Iterator[FinSimulator]:
    """Fin, in either dialect."""
    with FinSimulator(
        helpdesk_url=f"{live_server.url}/api/fin",
        integration_id="loop",
        webhook_keys=["webhook-key"],
        signing_key=SIGNING_KEY,
        token=TOKEN,
        dialect=request.param,
    ) as simulator:
        keys: dict[str, Any] = {"WEBHOOK_KEYS": ["webhook-key"], "SIGNING_KEYS": [SIGNING_KEY]}
        keys |= {"ID": "loop", "AGENT_ID": str(fins_agent.pk)}
        let_in(settings, EVENTS_URL=simulator.url, **keys)
        yield simulator


def by_mail(ticket: Ticket, sarah: User) -> str:
    """The customer asks something, past Fin; Fin answers it."""
    reply = Reply.objects.create(ticket=ticket, body="<p>I forgot my password.</p>")
    return f"helpdesk_demo.Reply {reply.pk} created"


def by_an_agent(ticket: Ticket, sarah: User) -> str:
    reply = Reply.objects.create(ticket=ticket, staff=sarah, body="<p>I look into it.</p>")
    return f"helpdesk_demo.Reply {reply.pk} created"


def of_the_subject(ticket: Ticket, sarah: User) -> str:
    ticket.subject = f"{ticket.subject[:100]}!"
    ticket.save(update_fields=["subject"])
    return f"helpdesk_demo.Ticket {ticket.pk} changed"


ACTIONS: list[Callable[[Ticket, User], str]] = [by_mail, by_mail, by_an_agent, of_the_subject]


def settle(fin: FinSimulator) -> None:
    """Deliver until nothing waits and Fin has nothing to do any more."""
    unsent = Event.objects.filter(state__in=[Event.State.WAITING, Event.State.SENDING])

    def is_settled() -> bool:
        drain.drain()
        return fin.is_idle and not unsent.exists()

    fin.wait_for(is_settled, 120)


def test_only_people_are_the_cause_of_events(
    fin: FinSimulator, customer: Customer, sarah: User, fins_agent: User
) -> None:
    tickets = [make_ticket(customer, assignee=fins_agent) for _ in range(CONVERSATIONS)]
    causes = []
    for number in range(SYNCS // CONVERSATIONS):
        act = ACTIONS[number % len(ACTIONS)]
        causes += [act(ticket, sarah) for ticket in tickets]
        settle(fin)
    operations = Counter(call.operation for call in fin.calls)
    assert operations["update_conversation"] >= SYNCS
    assert operations["create_message"] >= SYNCS // len(ACTIONS)
    assert fin.violations == []
    assert Counter(Event.objects.values_list("cause", flat=True)) == Counter(causes)
    assert len(fin.posts) <= 1.05 * len(causes)


def pull(caller: Caller, ticket: Ticket) -> None:
    caller.ask("get_conversation", conversation_id=str(ticket.pk))
    caller.ask("get_messages", conversation_id=str(ticket.pk))


def sync(caller: Caller, ticket: Ticket, number: int) -> None:
    """Pull, and write of the conversation and of its customer in each way that there is."""
    pull(caller, ticket)
    user_id = str(ticket.customer_id)
    mood, plan = f"mood {number}", f"plan {number}"
    caller.ask("update_user", user_id=user_id, attributes={"mood": mood, "plan": plan})
    changes: dict[str, Any] = {"attributes": {"topic": number}, "tags": [f"tag-{number}"]}
    if caller.dialect == "posts_only":
        personal = {"mood": None, "score": number, "company": f"company {number}"}
        changes["user"] = {"id": user_id, "attributes": personal}
    caller.ask("update_conversation", conversation_id=str(ticket.pk), **changes)


def test_what_fin_writes_of_a_customer_is_no_news_of_any_other_conversation(
    caller: Caller, customer: Customer, stopped_clock: Clock
) -> None:
    grace = Customer.objects.create(full_name=customer.full_name, email="grace@example.com")
    tickets = [make_ticket(person) for person in (customer, grace) for _ in range(CONVERSATIONS)]
    for ticket in tickets:
        pull(caller, ticket)

    def found() -> list[str]:
        stopped_clock.advance(minutes=1)
        reconcile.find_missing(stopped_clock.now - timedelta(days=1), stopped_clock.now)
        names = sorted(Event.objects.values_list("conversation_id", flat=True), key=int)
        Event.objects.all().delete()
        return names

    for number in range(max(SYNCS, 2 * len(tickets))):
        sync(caller, tickets[number % len(tickets)], number)
        assert found() == []

    Customer.objects.filter(pk=grace.pk).update(company="By a person")
    hers = [ticket for ticket in tickets if ticket.customer_id == grace.pk]
    assert found() == [str(ticket.pk) for ticket in hers]
    sync(caller, tickets[0], 99)
    assert found() == [str(ticket.pk) for ticket in hers]
    for ticket in hers:
        pull(caller, ticket)
    assert found() == []
