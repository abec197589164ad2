"""Who is let in, by which credentials, and how little anybody else is told."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import requests
from django.contrib.auth.models import User
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application
from pytest_django import Settings

from fin_bridge.models import FinCall
from fin_bridge.testing import sign_request
from helpdesk_demo.models import Customer
from tests.support.fin_caller import SIGNING_KEY, TOKEN, Answer, Caller, let_in
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)

OPERATIONS = [
    "get_user",
    "update_user",
    "create_user",
    "get_agents",
    "get_conversation",
    "update_conversation",
    "create_conversation",
    "get_messages",
    "create_message",
]


def ask(caller: Caller, **options: Any) -> Answer:
    """The list of agents, with other credentials than the caller's."""
    wire = caller.operation("get_agents")
    return caller.send("get_agents", wire.method, wire.path, **options)


def reason() -> str:
    return str(FinCall.objects.latest("pk").detail)


def test_no_operation_is_done_for_strangers(
    caller: Caller, customer: Customer, subtests: pytest.Subtests
) -> None:
    caller.signing_key = "a key of somebody else"
    for operation in OPERATIONS:
        with subtests.test(operation):
            wire = caller.operation(operation)
            answer = caller.send(operation, wire.method, wire.path)
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
            assert answer.data["detail"] == "These credentials do not open this door."
            call = FinCall.objects.latest("pk")
            assert (call.operation, call.integration, call.status) == (operation, "", 401)
            assert call.detail == "The signature is wrong."


NO_BEARER = "The header Authorization holds no bearer token."


NO_TOKENS: list[tuple[Any, str]] = [
    (None, "There is no token."),
    ("", "There is no token."),
    ("Bearer", NO_BEARER),
    (f"Basic {TOKEN}", NO_BEARER),
    (f"Bearer {TOKEN} {TOKEN}", NO_BEARER),
    (f"Bearer {TOKEN},Bearer {TOKEN}", NO_BEARER),
    ("Bearer t\xf6ken".encode("latin-1"), NO_BEARER),
    ("Bearer " + "x" * 5000, NO_BEARER),
    (f"Bearer {TOKEN.upper()}", "The token is unknown or has expired."),
]


def test_a_token_is_needed(caller: Caller, subtests: pytest.Subtests) -> None:
    for header, why in NO_TOKENS:
        with subtests.test(header=str(header)[:20]):
            answer = ask(caller, headers={"Authorization": header})
            assert answer.status == 401
            challenge = 'Bearer error="invalid_token"' if header else "Bearer"
            assert answer.headers["WWW-Authenticate"] == challenge
            assert reason() == why


def test_the_scheme_may_be_spelled_in_any_case(caller: Caller) -> None:
    assert ask(caller, headers={"Authorization": f"bEARER {TOKEN}"}).status == 200


NO_SIGNATURES: list[tuple[str, Any]] = [
    ("X-Fin-Signature", None),
    ("X-Fin-Signature", ""),
    ("X-Fin-Signature", "0" * 64),
    ("X-Fin-Signature", "\xe9".encode("latin-1")),
    ("X-Fin-Request-Timestamp", None),
    ("X-Fin-Request-Timestamp", "now"),
    ("X-Fin-Request-Timestamp", "-1"),
    ("X-Fin-Request-Timestamp", "1e9"),
    ("X-Fin-Request-Timestamp", "9" * 400),
    ("X-Fin-Request-Timestamp", "\uff11".encode()),
]


def test_a_signature_is_needed(caller: Caller, subtests: pytest.Subtests) -> None:
    for name, value in NO_SIGNATURES:
        with subtests.test(name, value=str(value)[:20]):
            assert ask(caller, headers={name: value}).status == 401


def test_a_doubled_header_is_none(caller: Caller) -> None:
    signature = sign_request(SIGNING_KEY, "POST", "", b"", int(time.time()))["X-Fin-Signature"]
    answer = ask(caller, headers={"X-Fin-Signature": f"{signature},{signature}"})
    assert answer.status == 401


@pytest.mark.parametrize(("seconds", "status"), [(300, 200), (301, 401), (-300, 200), (-301, 401)])
def test_the_clock_of_the_database_decides(
    caller: Caller, stopped_clock: Clock, seconds: int, status: int
) -> None:
    timestamp = int(stopped_clock.now.timestamp()) + seconds
    assert ask(caller, timestamp=timestamp).status == status


def test_a_changed_body_is_not_what_was_signed(posts_only: Caller) -> None:
    signature = sign_request(SIGNING_KEY, "POST", "", b'{"user_id": "1"}', int(time.time()))
    wire = posts_only.operation("get_user")
    answer = posts_only.send(
        "get_user", wire.method, wire.path, body=b'{"user_id": "2"}', headers=dict(signature)
    )
    assert answer.status == 401


SIGNED_QUERIES = [
    ("user_id=1", "user_id=1", 200),
    ("user_id=a%2Fb&b=1", "b=1&user_id=a%2Fb", 404),
    ("user_id=a%2Fb&b=1", "b=1&user_id=a/b", 404),
    ("user_id=%C3%A9", "user_id=é", 404),
    ("user_id=1", "user_id=2", 401),
    ("user_id=1", "", 401),
    ("user_id=1%26b%3D1", "user_id=1&b=1", 401),
    ("user_id=1&user_id=1", "user_id=1&user_id=1", 401),
    ("user_id=1&%75ser_id=1", "%75ser_id=1&user_id=1", 401),
    ("user_id=%FF", "user_id=%FF", 401),
]


def test_the_parameters_of_a_get_are_signed(rest: Caller, subtests: pytest.Subtests) -> None:
    Customer.objects.create(pk=1, full_name="Ada")
    for sent, signed, status in SIGNED_QUERIES:
        with subtests.test(sent, signed=signed):
            headers = dict(
                sign_request(SIGNING_KEY, "POST", "", signed.encode(), int(time.time()))
            )
            assert rest.send("get_user", "GET", "/user", sent, headers=headers).status == status


def test_keys_rotate(caller: Caller, settings: Settings) -> None:
    let_in(settings, SIGNING_KEYS=["the next one", lambda: SIGNING_KEY])
    assert ask(caller).status == 200
    caller.signing_key = "the next one"
    assert ask(caller).status == 200


def test_a_token_alone_may_do(caller: Caller, settings: Settings) -> None:
    settings.FIN_BRIDGE_CREDENTIALS = ["token"]
    assert ask(caller, headers={"X-Fin-Signature": None}).status == 200
    assert ask(caller, headers={"Authorization": None}).status == 401


def test_a_signature_alone_may_do_and_tells_whose_it_is(
    caller: Caller, settings: Settings
) -> None:
    settings.FIN_BRIDGE_CREDENTIALS = ["signature"]
    settings.FIN_BRIDGE_INTEGRATIONS = {
        "europe": {"SIGNING_KEYS": ["another"]},
        "america": {"SIGNING_KEYS": [SIGNING_KEY]},
    }
    assert ask(caller, headers={"Authorization": None}).status == 200
    assert FinCall.objects.get().integration == "america"
    assert ask(caller, headers={"X-Fin-Signature": None, "Authorization": None}).status == 401


@pytest.mark.parametrize("credentials", [[], ["password"]])
def test_a_door_that_asks_for_nothing_is_shut(
    caller: Caller, settings: Settings, credentials: list[str]
) -> None:
    settings.FIN_BRIDGE_CREDENTIALS = credentials
    assert ask(caller).status == 401


def test_the_token_tells_whose_it_is_and_the_key_must_be_the_same_ones(
    caller: Caller, settings: Settings
) -> None:
    digest = sha256(TOKEN.encode()).hexdigest()
    settings.FIN_BRIDGE_INTEGRATIONS = {
        "europe": {"SIGNING_KEYS": [SIGNING_KEY]},
        "america": {"SIGNING_KEYS": ["another"], "TOKENS": [digest.upper()]},
    }
    assert ask(caller).status == 401
    caller.signing_key = "another"
    assert ask(caller).status == 200
    assert FinCall.objects.latest("pk").integration == "america"


@pytest.fixture
def client(sarah: User) -> Application:
    """Fin's."""
    return Application.objects.create(
        name="Fin",
        client_id="fin-client",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )


def give(client: Application | None, token: str, **values: Any) -> AccessToken:
    expires = timezone.now() + timedelta(hours=1)
    given = {"token": token, "application": client, "expires": expires, "scope": "fin", **values}
    return AccessToken.objects.create(**given)


def test_an_oauth_token_of_fins_client_opens(caller: Caller, client: Application) -> None:
    token = give(client, "oauth-token", scope="")
    caller.token = "oauth-token"
    assert ask(caller).status == 200
    token.delete()
    assert ask(caller).status == 401
    assert reason() == "The token is unknown or has expired."


def test_an_expired_token_does_not(caller: Caller, client: Application) -> None:
    give(client, "oauth-token", expires=datetime(2020, 1, 1, tzinfo=UTC))
    caller.token = "oauth-token"
    assert ask(caller).status == 401


def test_a_token_of_another_client_does_not_whatever_its_scope(
    caller: Caller, client: Application
) -> None:
    Application.objects.filter(pk=client.pk).update(client_id="somebody-else")
    give(client, "oauth-token")
    caller.token = "oauth-token"
    assert ask(caller).status == 401
    assert reason() == "The token is another client's."


def test_a_token_of_no_client_does_not(caller: Caller, client: Application) -> None:
    give(None, "oauth-token")
    caller.token = "oauth-token"
    assert ask(caller).status == 401


def test_without_the_toolkit_only_static_tokens_open(
    caller: Caller, client: Application, settings: Settings
) -> None:
    give(client, "oauth-token")
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "oauth2_provider"]
    assert ask(caller).status == 200
    caller.token = "oauth-token"
    assert ask(caller).status == 401


def test_nothing_of_the_session_is_used(caller: Caller, sarah: User) -> None:
    response = requests.get(f"{caller.url}/api/fin/agents", timeout=10)
    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers
    assert "Vary" not in response.headers
