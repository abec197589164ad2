"""What anybody may send to any address of Fin's, and the log of it: never a 5xx, never HTML."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from fin_bridge.api.wire.parsers import MAX_BYTES, MAX_MEMBERS, MAX_TEXT
from fin_bridge.helpdesk import current
from fin_bridge.models import ConversationState, FinCall
from fin_bridge.testing import sign_request
from fin_bridge.testing.contract import Document
from helpdesk_demo.models import Customer, Ticket
from tests.support.fin_caller import DIALECTS, SIGNING_KEY, Caller

pytestmark = pytest.mark.django_db(transaction=True)


BODIES = [
    (dialect, name)
    for dialect in DIALECTS
    for name, operation in Document.load(dialect).operations.items()
    if operation.method != "GET"
]


MALFORMED: dict[str, bytes] = {
    "no JSON": b"hello",
    "half an object": b'{"user_id": ',
    "two objects": b"{}{}",
    "a list": b"[]",
    "a string": b'"x"',
    "a number": b"1",
    "null": b"null",
    "no UTF-8": b'{"user_id": "\xff"}',
    "UTF-16": '{"user_id": "1"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"user_id": "1"}',
    "NUL between": b'{"user_id": \x00"1"}',
    "a control character": b'{"user_id": "a\x01"}',
    "the same key twice": b'{"user_id": "1", "user_id": "2"}',
    "the same key twice, spelled differently": b'{"user_id": "1", "\\u0075ser_id": "2"}',
    "the same key twice, deep": b'{"attributes": {"a": [{"b": 1, "b": 2}]}}',
    "NaN": b'{"attributes": {"a": NaN}}',
    "Infinity": b'{"attributes": {"a": -Infinity}}',
    "a float without bounds": b'{"attributes": {"a": 1e999}}',
    "an integer of 50 digits": b'{"attributes": {"a": ' + b"9" * 50 + b"}}",
    "an integer of 5000 digits": b'{"attributes": {"a": ' + b"9" * 5000 + b"}}",
    "33 levels": b'{"attributes":' + b"[" * 33 + b"]" * 33 + b"}",
    "33 levels that do not end": b"[" * 33,
}


CONTENT_TYPES = [
    None,
    "",
    "text/plain",
    "text/html",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/problem+json",
    "json",
    ";",
]


@pytest.fixture
def everything(caller: Caller, customer: Customer, sarah: User, ticket: Ticket) -> Caller:
    """A helpdesk with somebody and something in it."""
    return caller


def with_a_body(caller: Caller) -> Iterator[tuple[str, str, str]]:
    """The operations that read one: name, method, path."""
    for dialect, name in BODIES:
        if dialect == caller.dialect:
            yield name, caller.operation(name).method, caller.operation(name).path


def test_a_malformed_body_is_a_400(everything: Caller, subtests: pytest.Subtests) -> None:
    for case, body in MALFORMED.items():
        for name, method, path in with_a_body(everything):
            with subtests.test(case, operation=name):
                assert everything.send(name, method, path, body=body).status == 400


def test_another_content_type_is_a_415(everything: Caller, subtests: pytest.Subtests) -> None:
    for content_type in CONTENT_TYPES:
        for name, method, path in with_a_body(everything):
            with subtests.test(content_type, operation=name):
                headers = {"Content-Type": content_type}
                answer = everything.send(name, method, path, body=b"{}", headers=headers)
                assert answer.status == 415


def test_json_may_be_named_in_other_ways(posts_only: Caller) -> None:
    for name in ("Application/JSON; charset=UTF-8", "application/json;"):
        headers = {"Content-Type": name}
        answer = posts_only.send("get_agents", "POST", "/get_agents", body=b"{}", headers=headers)
        assert answer.status == 200


def test_the_list_of_agents_needs_no_body(posts_only: Caller) -> None:
    for headers in ({}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}):
        answer = posts_only.send("get_agents", "POST", "/get_agents", headers=headers)
        assert answer.status == 200


def test_a_body_that_is_too_large_is_a_413(everything: Caller) -> None:
    body = b'{"a": "' + b"x" * MAX_BYTES + b'"}'
    for name, method, path in with_a_body(everything):
        assert everything.send(name, method, path, body=body).status == 413


def test_a_body_far_above_the_cap_never_breaks_the_connection(caller: Caller) -> None:
    body = b" " * (3 * MAX_BYTES)
    wire = caller.operation("create_user")
    for _ in range(25):
        caller.session.close()  # each over a connection of its own, as a stranger's
        answer = caller.send("create_user", wire.method, wire.path, body=body)
        assert answer.status == 413


def test_a_large_body_is_read(everything: Caller, customer: Customer) -> None:
    text = "<p>" + "x" * (MAX_TEXT - len("<p></p>")) + "</p>"
    made = everything.opens(str(customer.pk), message={"body": text})
    assert made["message"]["body"] == text


TOO_MUCH: dict[str, Any] = {
    "a text": {"a": "x" * (MAX_TEXT + 1)},
    "a key": {"x" * (MAX_TEXT + 1): 1},
    "a list": {"a": [{"b": [0] * (MAX_MEMBERS + 1)}]},
    "an object": {"a": dict.fromkeys(map(str, range(MAX_MEMBERS + 1)))},
}


def test_larger_parts_are_refused(everything: Caller, subtests: pytest.Subtests) -> None:
    for case, attributes in TOO_MUCH.items():
        for name, method, path in with_a_body(everything):
            if name == "create_conversation":
                continue
            with subtests.test(case, operation=name):
                body = json.dumps({"user_id": "1", "attributes": attributes}).encode()
                answer = everything.send(name, method, path, body=body)
                assert answer.status == 400
                assert " has at most " in answer.data["detail"]


def test_an_opening_is_cut_to_size(everything: Caller, customer: Customer) -> None:
    for number, attributes in enumerate(TOO_MUCH.values()):
        made = everything.opens(
            str(customer.pk),
            f"conv-{number}",
            title="x" * (MAX_TEXT + 1),
            attributes=attributes,
        )
        assert len(json.dumps(made["conversation"]["attributes"])) < 2 * MAX_TEXT
    made = everything.opens(str(customer.pk), "long", message={"body": "x" * (MAX_TEXT + 1)})
    assert made["message"]["body"] == "x" * MAX_TEXT


def test_a_chunked_body_is_no_way_around_it(posts_only: Caller) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 64 * 1024

    signature = sign_request(SIGNING_KEY, "POST", "", b"", int(time.time()))
    headers = {"Authorization": "Bearer x", **signature, "Content-Type": "application/json"}
    try:
        answer = requests.post(
            f"{posts_only.url}/api/fin/get_user", data=chunks(), headers=headers, timeout=10
        )
    except requests.ConnectionError:
        return  # the server has answered and gone before all was sent
    assert 400 <= answer.status_code < 500


def test_another_method_is_a_405(caller: Caller, subtests: pytest.Subtests) -> None:
    allowed: dict[str, set[str]] = {}
    for operation in Document.load(caller.dialect).operations.values():
        allowed.setdefault(operation.path, set()).add(operation.method)
    for path, methods in allowed.items():
        for method in ("DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "HEAD"):
            with subtests.test(path, method=method):
                response = requests.request(method, f"{caller.url}/api/fin{path}", timeout=10)
                assert response.status_code == 405
                assert set(response.headers["Allow"].split(", ")) == methods
                assert "html" not in response.headers["Content-Type"]


def test_a_get_of_the_posts_only_dialect_is_a_405(posts_only: Caller) -> None:
    answer = posts_only.send("get_user", "GET", "/get_user", "user_id=1")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert FinCall.objects.get().operation == "GET /api/fin/get_user"


PARAMETERS = [
    ("/user", "", 400),
    ("/user", "user_id=", 400),
    ("/user", "user_id", 400),
    ("/user", "user_id=%00", 400),
    ("/user", "user_id=%ED%A0%80", 401),
    ("/user", "User_Id=1", 400),
    ("/user", "user_id=1%00", 400),
    ("/user", "user_id=" + "9" * 5000, 404),
    ("/conversation", "", 400),
    ("/conversation", "conversation_id=%00", 400),
    ("/conversation", "id=1", 400),
    ("/messages", "", 400),
    ("/messages", "after_id=1", 400),
]


def test_wrong_parameters_are_refused(
    rest: Caller, ticket: Ticket, subtests: pytest.Subtests
) -> None:
    names = {"/user": "get_user", "/conversation": "get_conversation", "/messages": "get_messages"}
    for path, query, status in PARAMETERS:
        with subtests.test(path, query=query[:20]):
            assert rest.send(names[path], "GET", path, query).status == status


@pytest.mark.parametrize("query", ["user_id=1&user_id=1", "user_id=%FF"])
def test_wrong_parameters_are_refused_without_a_signature_too(
    rest: Caller, settings: Settings, query: str
) -> None:
    settings.FIN_BRIDGE_CREDENTIALS = ["token"]
    assert rest.send("get_user", "GET", "/user", query).status == 400


def test_the_host_settings_for_rest_framework_do_not_count(
    caller: Caller, settings: Settings
) -> None:
    settings.REST_FRAMEWORK = {
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.BrowsableAPIRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FormParser"],
        "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
        "DEFAULT_THROTTLE_RATES": {"anon": "1/day"},
        "EXCEPTION_HANDLER": "tests.no_such_handler",
        "DATETIME_INPUT_FORMATS": ["%d.%m.%Y"],
        "NON_FIELD_ERRORS_KEY": "oops",
    }
    caller.session.headers["Accept"] = "text/html"
    for _ in range(3):
        assert caller.call("get_agents").status == 200
    assert caller.refused("get_conversation", conversation_id="999")[0] == 404


def test_the_hosts_middleware_does_not_get_in_the_way(
    caller: Caller, settings: Settings, customer: Customer
) -> None:
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    settings.APPEND_SLASH = True
    settings.DATABASES["default"]["ATOMIC_REQUESTS"] = True
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        assert caller.opens(str(customer.pk))
        door = f"{caller.url}/api/fin/oauth/token"
        refused = requests.post(door, {"client_id": "fin", "client_secret": "x"}, timeout=10)
        assert refused.json() == {"error": "invalid_client"}
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False


def test_elsewhere_is_nothing(live_server: LiveServer) -> None:
    for path in ("", "nothing", "user/1", "oauth", "get_user/x", "attachments/x"):
        for method in ("GET", "POST"):
            url = f"{live_server.url}/api/fin/{path}"
            response = requests.request(method, url, timeout=10)
            assert response.status_code == 404
            assert response.headers["Content-Type"] == "application/problem+json"


def test_a_slash_at_the_end_does_no_harm(caller: Caller, customer: Customer) -> None:
    wire = caller.operation("get_agents")
    assert caller.send("get_agents", wire.method, f"{wire.path}/").status == 200


def test_answers_are_not_stored_on_the_way(caller: Caller) -> None:
    for user_id, status in ((None, 200), ("999", 404)):
        values = {} if user_id is None else {"user_id": user_id}
        answer = caller.call("get_user" if values else "get_agents", **values)
        assert answer.status == status
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_call_is_noted(caller: Caller, ticket: Ticket) -> None:
    caller.call("get_conversation", conversation_id=str(ticket.pk))
    call = FinCall.objects.get()
    assert (call.operation, call.integration) == ("get_conversation", "default")
    assert (call.conversation_id, call.status, call.detail) == (str(ticket.pk), 200, "")
    assert call.duration < 10_000


def test_a_refused_call_is_noted_with_the_reason(caller: Caller, ticket: Ticket) -> None:
    caller.call("get_conversation", conversation_id="x" * 1000)
    call = FinCall.objects.get()
    assert (call.conversation_id, call.status) == ("x" * 255, 404)
    assert call.detail == f"There is no conversation '{'x' * 100}'."


def test_a_description_that_fails_is_a_500_of_the_dialect(
    caller: Caller,
    ticket: Ticket,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: Any) -> None:
        raise ZeroDivisionError("the customer's secret")

    monkeypatch.setattr(current().conversations, "record", fail)
    answer = caller.refused("get_conversation", conversation_id=str(ticket.pk))
    assert answer == (500, "The helpdesk could not do this.")
    assert FinCall.objects.get().detail == "ZeroDivisionError: the customer's secret"
    assert "A call of Fin's failed." in caplog.messages


@contextmanager
def refusing(beginning: str, instead: str = "") -> Iterator[None]:
    """The database takes no such statements; with another in their place, for its own reasons."""
    execute = CursorWrapper.execute

    def refuse(cursor: CursorWrapper, sql: Any, params: Any = None) -> None:
        if not sql.startswith(beginning):
            execute(cursor, sql, params)
        elif instead:
            execute(cursor, instead)
        else:
            raise DatabaseError("full")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(CursorWrapper, "execute", refuse)
        yield


def test_a_call_that_cannot_be_noted_is_answered(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    noting = refusing("INSERT INTO fin_bridge_fincall")
    with noting, caplog.at_level(logging.ERROR, "fin_bridge"):
        assert caller.call("get_agents").status == 200
    assert "A call of Fin's was answered, but not noted." in caplog.messages


def test_a_pull_that_cannot_be_noted_is_stamped(caller: Caller, ticket: Ticket) -> None:
    with refusing("INSERT INTO fin_bridge_fincall", "SELECT * FROM a_table_that_is_gone"):
        assert caller.call("get_messages", conversation_id=str(ticket.pk)).status == 200
    assert ConversationState.objects.get().pulled_at is not None
    assert not FinCall.objects.exists()


def test_a_pull_that_cannot_be_stamped_is_none(caller: Caller, ticket: Ticket) -> None:
    with refusing("UPDATE fin_bridge_conversationstate"):
        assert caller.call("get_messages", conversation_id=str(ticket.pk)).status == 500
    noted = FinCall.objects.get()
    assert (noted.status, noted.detail) == (500, "DatabaseError: full")

    assert not ConversationState.objects.exclude(pulled_at=None).exists()


def test_a_pull_is_noted_as_any_call(caller: Caller, ticket: Ticket) -> None:
    caller.ask("get_messages", conversation_id=str(ticket.pk))
    noted = FinCall.objects.get()
    assert (noted.operation, noted.status) == ("get_messages", 200)
    assert (noted.integration, noted.conversation_id) == ("default", str(ticket.pk))
