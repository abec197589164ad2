"""The agents' door from outside: who is let in, what Fin is told, and what a keystroke costs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.http import Http404
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries, Settings
from pytest_django.live_server_helper import LiveServer
from rest_framework.views import APIView

import helpdesk_demo.celery
from fin_bridge import tasks
from fin_bridge.agent_ui import views
from fin_bridge.agent_ui.marks import CacheMarks
from fin_bridge.helpdesk import current
from fin_bridge.models import Event
from fin_bridge.records import Agent
from fin_bridge.testing.contract import event_problems
from helpdesk_demo.models import StaffProfile, Ticket
from tests.support.celery_app import app as celery_app
from tests.support.receiver import Receiver
from tests.support.world import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.agent_ui_pages")]

TYPING = "/fin/typing/"
APPS = (
    helpdesk_demo.celery.app,
    celery_app,
)  # one is this thread's, one the server's


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tasks are carried out at once; no mark and no broken cache is left from another test."""
    for app in APPS:
        app.conf.task_always_eager = True
    monkeypatch.setattr(views, "marks", CacheMarks())
    cache.clear()
    yield
    cache.clear()
    for app in APPS:
        app.conf.task_always_eager = False


@pytest.fixture
def agent(client: Client, sarah: User) -> Client:
    """Sarah's browser."""
    client.force_login(sarah)
    return client


def type_in(client: Client, conversation_id: object, **options: Any) -> int:
    """One keystroke; the status of its answer."""
    body = {"conversation_id": conversation_id}
    return client.post(TYPING, body, content_type="application/json", **options).status_code


def test_fin_is_told_who_types(agent: Client, sarah: User, ticket: Ticket, fin: Receiver) -> None:
    StaffProfile.objects.create(user=sarah, alias="Sally")
    assert type_in(agent, str(ticket.pk)) == 204
    [notice] = fin.bodies
    assert notice == {
        "conversation_id": str(ticket.pk),
        "event_type": "agent_typing",
        "data": {
            "agent": {
                "id": str(sarah.pk),
                "user_type": "agent",
                "name": "Sarah Lee",
                "email": "sarah@example.com",
                "alias": "Sally",
            }
        },
    }
    assert event_problems(notice) == []
    assert Event.objects.get().kind == Event.Kind.TYPING


def test_a_form_will_do(agent: Client, ticket: Ticket, fin: Receiver) -> None:
    assert agent.post(TYPING, {"conversation_id": ticket.pk}).status_code == 204
    cache.clear()
    form = f"conversation_id={ticket.pk}"
    urlencoded = "application/x-www-form-urlencoded"
    assert agent.post(TYPING, form, content_type=urlencoded).status_code == 204
    assert fin.conversations == [str(ticket.pk)] * 2


def test_nobody_types_in_the_name_of_another(
    agent: Client, sarah: User, ticket: Ticket, fin: Receiver
) -> None:
    body = {"conversation_id": str(ticket.pk), "agent": {"id": "1"}, "agent_id": "1"}
    agent.post(TYPING, body, content_type="application/json")
    assert fin.bodies[0]["data"]["agent"]["id"] == str(sarah.pk)


def test_the_moment_is_the_databases(
    agent: Client, ticket: Ticket, fin: Receiver, stopped_clock: Clock
) -> None:
    type_in(agent, str(ticket.pk))
    assert Event.objects.get().created_at == stopped_clock.now


def test_a_suppressed_keystroke_costs_nothing(
    agent: Client,
    ticket: Ticket,
    fin: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    type_in(agent, str(ticket.pk))
    loads: list[SessionStore] = []
    monkeypatch.setattr(SessionStore, "load", loads.append)
    with django_assert_num_queries(0):
        answer = agent.post(
            TYPING, {"conversation_id": str(ticket.pk)}, content_type="application/json"
        )
    assert answer.status_code == 204
    assert loads == []
    assert not answer.wsgi_request.session.accessed
    assert len(fin.requests) == 1


def test_a_suppressed_keystroke_opens_no_transaction(
    agent: Client, ticket: Ticket, fin: Receiver, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.db import connection

    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        type_in(agent, str(ticket.pk))
        with django_assert_num_queries(0):
            type_in(agent, str(ticket.pk))
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False


def test_after_the_interval_fin_is_told_again(
    agent: Client, ticket: Ticket, fin: Receiver
) -> None:
    for _ in range(3):
        type_in(agent, str(ticket.pk))
    cache.clear()  # both marks have lapsed
    type_in(agent, str(ticket.pk))
    assert len(fin.requests) == 2


def test_a_second_window_of_the_agent_adds_nothing(
    agent: Client, sarah: User, ticket: Ticket, fin: Receiver
) -> None:
    other = Client()
    other.force_login(sarah)
    assert [type_in(agent, str(ticket.pk)), type_in(other, str(ticket.pk))] == [204, 204]
    assert len(fin.requests) == 1


def test_a_mark_is_of_one_conversation(
    agent: Client, ticket: Ticket, customer: Any, fin: Receiver
) -> None:
    from tests.support.world import make_ticket

    other = make_ticket(customer)
    type_in(agent, str(ticket.pk))
    type_in(agent, str(other.pk))
    assert fin.conversations == [str(ticket.pk), str(other.pk)]


def test_who_is_not_logged_in_gets_403(client: Client, ticket: Ticket, fin: Receiver) -> None:
    assert type_in(client, str(ticket.pk)) == 403
    assert client.post(TYPING).status_code == 403
    assert fin.requests == []


def test_a_page_of_another_site_gets_403(sarah: User, ticket: Ticket, fin: Receiver) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sarah)
    assert type_in(client, str(ticket.pk)) == 403
    client.cookies["csrftoken"] = token = "t" * 32
    assert type_in(client, str(ticket.pk), headers={"X-CSRFToken": token}) == 204
    form = {"conversation_id": str(ticket.pk), "csrfmiddlewaretoken": token}
    cache.clear()
    assert client.post(TYPING, form).status_code == 204
    assert len(fin.requests) == 2


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        (b"&" * 2000, "application/x-www-form-urlencoded"),
        (b"a=1", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"--x\r\n" * 2000, "multipart/form-data; boundary=x"),
        (b"a" * 3_000_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_form_that_nobody_can_read_gets_no_page(
    sarah: User, form: bytes, content_type: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sarah)
    client.cookies["csrftoken"] = token = "t" * 32
    for headers, status in (({"X-CSRFToken": token}, 400), ({}, 403)):
        answer = client.post(TYPING, form, content_type=content_type, headers=headers)
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/json"


def test_without_csrf_there_is_no_mark(sarah: User, ticket: Ticket, fin: Receiver) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sarah)
    assert [type_in(client, str(ticket.pk)) for _ in range(2)] == [403, 403]


def test_who_is_no_agent_gets_404(client: Client, ticket: Ticket, fin: Receiver) -> None:
    client.force_login(User.objects.create_user("ada"))
    assert type_in(client, str(ticket.pk)) == 404
    assert fin.requests == []


@pytest.mark.parametrize("id_", ["999999", "x", " 1", "1.0", "\0", "9" * 300, "½", "-1"])
def test_an_unknown_conversation_is_404(
    agent: Client, ticket: Ticket, fin: Receiver, id_: str
) -> None:
    assert type_in(agent, id_) == 404
    assert fin.requests == []


def test_a_conversation_that_is_hidden_from_the_agent_is_404(
    agent: Client, ticket: Ticket, fin: Receiver, monkeypatch: pytest.MonkeyPatch, sarah: User
) -> None:
    seen: list[object] = []

    def visible_to(queryset: Any, agent: object) -> Any:
        seen.append(agent)
        return queryset.none()

    monkeypatch.setattr(current().conversations, "visible_to", visible_to)
    assert type_in(agent, str(ticket.pk)) == 404
    assert seen == [sarah]
    assert fin.requests == []


def test_a_conversation_that_is_not_fins_is_404(
    agent: Client, ticket: Ticket, fin: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(current().conversations), "scope", "known")
    assert type_in(agent, str(ticket.pk)) == 404
    assert fin.requests == []


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"conversation_id": 1}', "[" * 4000])
def test_a_bad_body_is_400(agent: Client, fin: Receiver, body: str) -> None:
    answer = agent.post(TYPING, body, content_type="application/json")
    assert answer.status_code == 400
    assert "conversation_id" in answer.json()["detail"]


def test_only_posts(agent: Client) -> None:
    assert agent.get(TYPING).status_code == 405


class Refuses:
    """What a host may have set for its own API: it refuses every request."""

    def allow_request(self, *args: Any) -> bool:
        return False

    def wait(self) -> None: ...

    def determine_version(self, *args: Any, **options: Any) -> None:
        raise Http404

    def select_renderer(self, *args: Any) -> None:
        raise Http404


def test_what_a_host_sets_for_its_own_api_is_not_for_this_door(
    agent: Client, ticket: Ticket, fin: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(APIView, "throttle_classes", [Refuses])
    monkeypatch.setattr(APIView, "versioning_class", Refuses)
    monkeypatch.setattr(APIView, "content_negotiation_class", Refuses)
    monkeypatch.setattr(APIView, "parser_classes", [])
    monkeypatch.setattr(APIView, "authentication_classes", [])
    monkeypatch.setattr(APIView, "permission_classes", [])
    assert type_in(agent, str(ticket.pk)) == 204
    assert type_in(Client(), str(ticket.pk)) == 403


def test_a_cache_that_is_down_costs_the_notice_and_no_error(
    agent: Client, ticket: Ticket, settings: Settings, fin: Receiver
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9/0",
        }
    }
    assert [type_in(agent, str(ticket.pk)) for _ in range(3)] == [204, 204, 204]
    assert type_in(Client(), str(ticket.pk)) == 403
    assert fin.requests == []


def test_a_broker_that_is_down_costs_the_notice_and_no_error(
    agent: Client, ticket: Ticket, fin: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*args: Any, **options: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.notice, "apply_async", refused)
    assert type_in(agent, str(ticket.pk)) == 204


@pytest.mark.django_db(transaction=True)
def test_over_a_real_socket(
    live_server: LiveServer, sarah: User, ticket: Ticket, fin: Receiver
) -> None:
    client = Client()
    client.force_login(sarah)
    cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={'t' * 32}"
    request = Request(
        live_server.url + TYPING,
        json.dumps({"conversation_id": str(ticket.pk)}).encode(),
        {"Content-Type": "application/json", "Cookie": cookies, "X-CSRFToken": "t" * 32},
    )
    statuses = [urlopen(request).status for _ in range(2)]
    assert statuses == [204, 204]
    assert fin.conversations == [str(ticket.pk)]


def agent_problems(agent: Agent) -> list[str]:
    notice = {
        "conversation_id": "c",
        "event_type": "agent_typing",
        "data": {"agent": views.event_agent(agent)},
    }
    return list(event_problems(notice))


def test_an_agent_is_named_with_all_that_is_known() -> None:
    agent = Agent("7", "Sarah Lee", "sarah@example.com", "https://example.com/s.png", "Sally")
    assert views.event_agent(agent) == {
        "id": "7",
        "user_type": "agent",
        "name": "Sarah Lee",
        "email": "sarah@example.com",
        "photo_url": "https://example.com/s.png",
        "alias": "Sally",
    }
    assert agent_problems(agent) == []


def test_what_the_contract_requires_is_there_where_it_is_unknown() -> None:
    agent = Agent("7")
    assert views.event_agent(agent) == {
        "id": "7",
        "user_type": "agent",
        "name": None,
        "email": None,
    }
    assert agent_problems(agent) == []
