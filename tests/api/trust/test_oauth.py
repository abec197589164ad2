"""The token endpoint, as Fin and as others use it."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest
import requests
from django.http import HttpResponse
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from fin_bridge.api.trust import oauth
from fin_bridge.api.trust.client_secrets import SecretCheck
from fin_bridge.models import FinCall
from tests.support.fin_caller import Caller

pytestmark = pytest.mark.django_db(transaction=True)


SECRET = "a secret: 100%+ä?&=".replace("ä", "a")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Application:
    """Fin's."""
    monkeypatch.setattr(oauth, "secret_check", SecretCheck())
    return make_client("fin-client")


def make_client(client_id: str, **values: Any) -> Application:
    return Application.objects.create(
        name=client_id,
        client_id=client_id,
        client_secret=SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        **{"authorization_grant_type": Application.GRANT_CLIENT_CREDENTIALS, **values},
    )


class Endpoint:
    """Asks for tokens."""

    def __init__(self, url: str, session: requests.Session) -> None:
        self.url, self.session = f"{url}/api/fin/oauth/token/", session

    def ask(self, data: Any = None, secret: str | None = SECRET, **options: Any) -> Any:
        """With Basic credentials unless the secret is None."""
        headers = options.pop("headers", {})
        if secret is not None:
            headers["Authorization"] = basic("fin-client", secret)
        form = {"grant_type": "client_credentials"} if data is None else data
        response = self.session.post(
            self.url, data=form, headers=headers, timeout=30, allow_redirects=False, **options
        )
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Pragma"] == "no-cache"
        return response


def basic(client_id: str, secret: str) -> str:
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


@pytest.fixture
def endpoint(live_server: LiveServer, client: Application) -> Iterator[Endpoint]:
    """Of the server under test."""
    with requests.Session() as session:
        yield Endpoint(live_server.url, session)


def test_a_token_opens_the_door(endpoint: Endpoint, caller: Caller) -> None:
    answer = endpoint.ask()
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] > 0
    caller.token = answer.json()["access_token"]
    assert caller.call("get_agents").status == 200


def test_the_form_may_carry_the_secret(endpoint: Endpoint) -> None:
    form = {"grant_type": "client_credentials", "client_id": "fin-client"}
    assert endpoint.ask({**form, "client_secret": SECRET}, secret=None).status_code == 200
    answer = endpoint.ask({**form, "client_secret": "wrong"}, secret=None)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_there_is_no_slash_to_be_forgotten(endpoint: Endpoint) -> None:
    endpoint.url = endpoint.url.rstrip("/")
    assert endpoint.ask().status_code == 200


def test_a_scope_may_be_asked_for(endpoint: Endpoint, settings: Settings) -> None:
    form = {"grant_type": "client_credentials", "scope": "read"}
    assert endpoint.ask(form).json()["scope"] == "read"
    answer = endpoint.ask({**form, "scope": "nonsense"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    detail = FinCall.objects.latest("pk").detail
    assert detail.startswith("invalid_scope")
    assert detail.endswith("The scope is none of OAUTH2_PROVIDER['SCOPES'].")


INVALID_CLIENTS: list[Any] = [
    basic("fin-client", "wrong"),
    basic("fin-client", ""),
    basic("fin-client", "a\x00b"),
    basic("fin-client", "x" * 256),
    basic("fin-client", "é"),
    basic("nobody", SECRET),
    basic("", SECRET),
    basic("fin\x00client", SECRET),
    basic("fin-client\x00", SECRET),
    basic("x" * 10_000, SECRET),
    basic("somebody-else", SECRET),
    "Basic",
    "Basic !!!",
    "Basic " + base64.b64encode(b"no colon").decode(),
    "Basic " + base64.b64encode(b"\xff:\xff").decode(),
    "Basic " + base64.b64encode(b"%ff:x").decode(),
    "Bearer abc",
    "\xe9".encode("latin-1"),
]


def test_whoever_is_not_fin_is_an_invalid_client(
    endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    make_client("somebody-else")
    for header in INVALID_CLIENTS:
        with subtests.test(header=str(header)[:40]):
            answer = endpoint.ask(secret=None, headers={"Authorization": header})
            assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="fin"'
    assert not AccessToken.objects.exists()


def test_a_client_that_the_settings_name_and_nobody_made_is_invalid(endpoint: Endpoint) -> None:
    Application.objects.all().delete()
    assert endpoint.ask().status_code == 401


NO_REQUESTS: list[tuple[Any, str]] = [
    ({}, "unsupported_grant_type"),
    ({"grant_type": "password", "username": "a", "password": "b"}, "unsupported_grant_type"),
    ({"grant_type": "authorization_code", "code": "a"}, "unsupported_grant_type"),
    ({"grant_type": "refresh_token", "refresh_token": "a"}, "unsupported_grant_type"),
    ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, "unsupported_grant_type"),
    ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
    ("grant_type=client_credentials&scope=%00", "invalid_request"),
    ("grant_type=client_credentials&scope=%FF", "invalid_request"),
    ("grant_type=client_credentials&client_secret=x", "invalid_request"),
    ("&".join(f"a{number}=1" for number in range(30)), "invalid_request"),
    ("x=" + "y" * 300, "invalid_request"),
    (b"\xff\xfe", "invalid_request"),
]


def test_what_is_no_request_is_refused(endpoint: Endpoint, subtests: pytest.Subtests) -> None:
    for data, code in NO_REQUESTS:
        with subtests.test(data=str(data)[:40]):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = endpoint.ask(data, headers=headers)
            assert (answer.status_code, answer.json()) == (400, {"error": code})
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data"])
def test_only_a_form_is_read(endpoint: Endpoint, content_type: str) -> None:
    answer = endpoint.ask(b"{}", headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_nothing_may_stand_in_the_address(endpoint: Endpoint) -> None:
    for query in ("a=1", "client_secret=x", "%zz", "&"):
        answer = endpoint.ask(params=query)
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_a_form_that_is_too_large_is_not_read(endpoint: Endpoint) -> None:
    answer = endpoint.ask({"x": "y" * 2_000_000})
    assert (answer.status_code, answer.json()) == (413, {"error": "invalid_request"})


def test_a_client_of_another_grant_is_not_served(endpoint: Endpoint) -> None:
    Application.objects.update(authorization_grant_type=Application.GRANT_PASSWORD)
    answer = endpoint.ask()
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    assert FinCall.objects.latest("pk").detail == (
        "unauthorized_client. The client's authorization grant type must be client-credentials."
    )


def test_another_method_is_a_405(endpoint: Endpoint) -> None:
    response = endpoint.session.get(endpoint.url, timeout=10)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert response.json() == {"error": "invalid_request"}


def test_tokens_do_not_pile_up(
    endpoint: Endpoint, caller: Caller, client: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth, "MOST_TOKENS", 3)
    first = endpoint.ask().json()["access_token"]
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    others = AccessToken.objects.create(
        token="x", application=make_client("somebody-else"), expires=timezone.now()
    )
    for _ in range(5):
        newest = endpoint.ask().json()["access_token"]
    assert AccessToken.objects.filter(application=client).count() == 3
    assert AccessToken.objects.filter(pk=others.pk).exists()
    caller.token = newest
    assert caller.call("get_agents").status == 200
    caller.token = first
    assert caller.call("get_agents").status == 401


def test_what_nobody_foresaw_is_json_too(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(oauth.TokenView, "create_token_response", fail)
    answer = endpoint.ask()
    assert (answer.status_code, answer.json()) == (500, {"error": "server_error"})
    assert "No token could be given." in caplog.messages


def test_what_was_asked_is_noted_without_secrets(endpoint: Endpoint) -> None:
    started = time.monotonic()
    endpoint.ask()
    endpoint.ask(secret="wrong")
    good, bad = FinCall.objects.order_by("pk")
    assert (good.operation, good.status, good.detail) == ("token", 200, "")
    assert (bad.status, bad.detail) == (401, "The client is unknown, or its secret is wrong.")
    assert bad.duration <= (time.monotonic() - started) * 1000


def test_an_answer_of_the_toolkit_that_says_nothing_has_no_reason() -> None:
    for content in (b"", b"[]", b"{}", b"null", b"<html>"):
        assert oauth._reason(HttpResponse(content, status=400)) == ""
    assert oauth._reason(HttpResponse(b'{"error": "x"}', status=400)) == "x."
