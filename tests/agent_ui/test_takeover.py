"""The panel's button: a person takes a conversation over, and Fin hears of it at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.signals import pre_save
from django.test import Client
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.models import ConversationState, Event
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.agent_ui_pages")]

TAKE_OVER = "/fin/take-over/"
PAGE = "http://testserver/tickets/1/"


@pytest.fixture
def fin_agent(settings: Settings) -> User:
    """Fin's own account among the staff."""
    account = User.objects.create_user("fin", first_name="Fin", is_staff=True)
    [(name, options)] = settings.FIN_BRIDGE_INTEGRATIONS.items()
    settings.FIN_BRIDGE_INTEGRATIONS = {name: {**options, "AGENT_ID": str(account.pk)}}
    return account


def take(client: Client, ticket: Ticket, **headers: str) -> int:
    body = {"conversation_id": str(ticket.pk)}
    return client.post(TAKE_OVER, body, headers=headers).status_code


@pytest.mark.parametrize("of_fin", [True, False])
def test_it_is_the_agents_and_fin_is_told(
    client: Client, sarah: User, fin_agent: User, ticket: Ticket, of_fin: bool
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(assignee=fin_agent if of_fin else None)
    client.force_login(sarah)
    assert take(client, ticket) == 204
    ticket.refresh_from_db()
    assert ticket.assignee == sarah
    state = ConversationState.objects.get(conversation_id=str(ticket.pk))
    assert state.holder == ConversationState.Holder.PEOPLE
    [event] = Event.objects.all()
    assert (event.conversation_id, event.kind) == (str(ticket.pk), Event.Kind.SYNC)
    assert event.cause == "taken over by Sarah Lee"
    assert not event.reaction


def test_what_is_remembered_of_it_stays(client: Client, sarah: User, ticket: Ticket) -> None:
    ConversationState.objects.create(
        integration="default", conversation_id=str(ticket.pk), holder="fin", attempts=3
    )
    client.force_login(sarah)
    assert take(client, ticket) == 204
    state = ConversationState.objects.get()
    assert (state.holder, state.attempts) == ("people", 3)


def test_no_colleague_is_displaced(
    client: Client, sarah: User, fin_agent: User, ticket: Ticket
) -> None:
    tom = User.objects.create_user("tom", is_staff=True)
    Ticket.objects.filter(pk=ticket.pk).update(assignee=tom)
    client.force_login(sarah)
    answer = client.post(TAKE_OVER, {"conversation_id": str(ticket.pk)})
    assert answer.status_code == 409
    assert answer.json() == {"detail": "tom has taken it already."}
    ticket.refresh_from_db()
    assert ticket.assignee == tom
    assert not Event.objects.exists()


def test_a_second_press_does_no_harm(client: Client, sarah: User, ticket: Ticket) -> None:
    client.force_login(sarah)
    assert [take(client, ticket), take(client, ticket)] == [204, 204]
    ticket.refresh_from_db()
    assert ticket.assignee == sarah


@pytest.mark.parametrize("taken", [False, True])
def test_a_form_leads_back_to_its_page(
    client: Client, sarah: User, ticket: Ticket, taken: bool
) -> None:
    if taken:
        tom = User.objects.create_user("tom", is_staff=True)
        Ticket.objects.filter(pk=ticket.pk).update(assignee=tom)
    client.force_login(sarah)
    body = {"conversation_id": str(ticket.pk)}
    answer = client.post(TAKE_OVER, body, headers={"Accept": "text/html", "Referer": PAGE})
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)


def test_what_the_helpdesk_refuses_is_told(client: Client, sarah: User, ticket: Ticket) -> None:
    def refuse(**_: object) -> None:
        raise ValidationError("Closed tickets stay as they are.")

    client.force_login(sarah)
    pre_save.connect(refuse, sender=Ticket)
    try:
        answer = client.post(TAKE_OVER, {"conversation_id": str(ticket.pk)})
    finally:
        pre_save.disconnect(refuse, sender=Ticket)
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Closed tickets stay as they are."}
    assert not ConversationState.objects.exists()


def vanishes(self: object, obj: User) -> str:
    """Somebody deletes the ticket between the look and the lock."""
    Ticket.objects.all().delete()
    return "Sarah"


vanishing = fin.Helpdesk(
    demo.Customers,
    type("Staff", (demo.Staff,), {"get_name": vanishes}),
    demo.Tickets,
    demo.Openings,
    demo.Replies,
)


def test_one_that_is_gone_meanwhile_is_not_found(
    client: Client, sarah: User, ticket: Ticket, settings: Settings
) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.agent_ui.test_takeover.vanishing"
    client.force_login(sarah)
    assert take(client, ticket) == 404


@pytest.mark.parametrize("referer", ["https://evil.example/", "//evil.example", "", "\\\\x"])
def test_nobody_is_led_elsewhere(
    client: Client, sarah: User, ticket: Ticket, referer: str
) -> None:
    client.force_login(sarah)
    assert take(client, ticket, Accept="text/html", Referer=referer) == 204


def test_the_door_is_as_narrow_as_for_typing(client: Client, ticket: Ticket) -> None:
    assert take(client, ticket) == 403
    client.force_login(User.objects.create_user("ada"))
    assert take(client, ticket) == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_user("eve", is_staff=True))
    assert take(strict, ticket) == 403
    ticket.refresh_from_db()
    assert ticket.assignee is None
    assert not Event.objects.exists()


def test_no_conversation_named_is_400(client: Client, sarah: User) -> None:
    client.force_login(sarah)
    assert client.post(TAKE_OVER).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_has_it_and_the_other_is_told(sarah: User, ticket: Ticket) -> None:
    tom = User.objects.create_user("tom", is_staff=True)
    ready = threading.Barrier(2)

    def press(user: User) -> int:
        client = Client()
        client.force_login(user)
        ready.wait(10)
        try:
            return take(client, ticket)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(press, [sarah, tom])) == [204, 409]
    assert Event.objects.count() == 1
