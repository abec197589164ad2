"""The tags: what they put into a page, and what they leave out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries, Settings

from fin_bridge.helpdesk.writing import kept_values
from fin_bridge.models import ConversationState, Event
from helpdesk_demo.models import Label, Ticket
from tests.support.agent_ui_pages import PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.agent_ui_pages")]


NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def fin_agent(settings: Settings) -> User:
    account = User.objects.create_user("fin", first_name="Fin", is_staff=True)
    [(name, options)] = settings.FIN_BRIDGE_INTEGRATIONS.items()
    settings.FIN_BRIDGE_INTEGRATIONS = {name: {**options, "AGENT_ID": str(account.pk)}}
    return account


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


def test_the_panel_shows_what_fin_made_of_it(ticket: Ticket, sarah: User, fin_agent: User) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(assignee=fin_agent)
    remember(ticket, posted_at=NOW, pulled_at=LATER, customer_read_at=LATER)
    made = {"title": "<Billing>", "tags": ["vip", "b&w"], "attributes": {"mood": "<cross>"}}
    kept_values.keep("conversation", str(ticket.pk), made)
    html = render("{% fin_panel ticket %}", ticket=ticket, user=sarah)
    for shown in ("<Billing>", "vip, b&w", "mood", "<cross>"):
        assert escape(shown) in html
    assert "<dd>Fin</dd>" in html
    assert html.count('<time datetime="2026-05-04T12:01:00+00:00">') == 2
    assert 'name="csrfmiddlewaretoken" value="the-token"' in html
    assert 'action="/fin/take-over/"' in html


@pytest.mark.parametrize(
    ("holder", "words"),
    [("", "Nobody yet"), ("people", "Fin has handed it over")],
)
def test_the_panel_of_a_conversation_that_nobody_has(
    ticket: Ticket, sarah: User, holder: str, words: str
) -> None:
    remember(ticket, holder=holder)
    html = render("{% fin_panel ticket %}", ticket=str(ticket.pk), user=sarah)
    assert words in html
    assert "Not known" in html
    assert "Take over" in html


def test_the_panel_names_who_has_it(ticket: Ticket, sarah: User) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(assignee=sarah)
    tom = User.objects.create_user("tom", is_staff=True)
    assert "Sarah Lee" in render("{% fin_panel ticket %}", ticket=ticket, user=tom)
    html = render("{% fin_panel ticket %}", ticket=ticket, user=sarah)
    assert "<dd>You</dd>" in html
    assert "<form" not in html


@pytest.mark.parametrize("state", Event.State.values)
def test_each_state_has_words(ticket: Ticket, sarah: User, state: str) -> None:
    remember(ticket, posted_at=NOW)
    change(ticket, state)
    html = render("{% fin_panel ticket %}", ticket=ticket, user=sarah)
    assert re.search(r"<dt>Last change</dt>\s*<dd>\w+", html)


def test_the_number_of_queries_does_not_grow(
    ticket: Ticket,
    sarah: User,
    fin_agent: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(assignee=fin_agent)
    for number in range(30):
        ticket.labels.add(Label.objects.create(name=f"label {number}"))
        change(ticket, "sent")
    with django_assert_max_num_queries(8):
        render("{% fin_panel ticket %}", ticket=ticket, user=sarah)


def test_the_panels_button_works(client: Client, sarah: User, ticket: Ticket) -> None:
    PAGES["panel"] = "{% fin_panel given.id %}"
    client.force_login(sarah)
    html = client.get("/pages/panel/", {"id": ticket.pk}).content.decode()
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', html))
    [action] = re.findall(r'action="([^"]*)"', html)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(action, fields).status_code == 204
    assert "You" in client.get("/pages/panel/", {"id": ticket.pk}).content.decode()


def test_the_script_knows_where_and_of_what(ticket: Ticket) -> None:
    html = render("{% fin_typing ticket %}", ticket=ticket)
    assert html == (
        '<script src="/static/fin_bridge/typing.js" data-url="/fin/typing/" '
        f'data-conversation="{ticket.pk}" data-csrf-token="the-token" defer></script>'
    )


def test_an_id_will_do_and_all_is_escaped() -> None:
    html = render(
        "{% fin_typing id selector=selector nonce='n1' %}", id='"><b>', selector='[a="b"]'
    )
    assert 'data-conversation="&quot;&gt;&lt;b&gt;"' in html
    assert 'data-selector="[a=&quot;b&quot;]"' in html
    assert 'nonce="n1"' in html
    assert "<b>" not in html


@pytest.mark.parametrize("conversation", [None, "", Ticket()])
def test_nothing_for_no_conversation(conversation: Any) -> None:
    assert render("{% fin_typing it %}", it=conversation) == ""
    assert render("{% fin_panel it %}", it=conversation).strip() == ""


def test_a_template_that_knows_no_request_has_the_script(ticket: Ticket) -> None:
    tag = "{% load fin_bridge %}{% fin_typing ticket %}{% fin_panel ticket %}"
    html = Template(tag).render(Context({"ticket": ticket}))
    assert "csrf" not in html
    assert "<form" not in html
