"""What the panel says, and what both tags put into a page."""

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

from fin_bridge.agent_ui.panel import Panel
from fin_bridge.helpdesk import current
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
