"""Secrets are checked fast where they are right, and seldom where they are wrong."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote_plus

import pytest
import requests
from django.contrib.auth import hashers
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password
from django.core.management import call_command
from django.utils.crypto import pbkdf2
from oauth2_provider.models import Application
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from fin_bridge.api.trust import oauth
from fin_bridge.api.trust.client_secrets import SecretCheck, fast_hash
from fin_bridge.models import FinCall

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


SLOW = 0.3
"""Seconds that a hash takes here, on a clock that only hashes move."""


class SlowHasher(PBKDF2PasswordHasher):
    """Counts, and takes its time."""

    algorithm = "slow"
    iterations = 1
    hashed: list[str] = []
    now = 0.0

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        SlowHasher.hashed.append(password)
        SlowHasher.now += SLOW
        return super().encode(password, salt, iterations)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[str]:
    """The secrets that were hashed slowly, from the time when one client has such a secret."""
    settings.PASSWORD_HASHERS = [f"{__name__}.SlowHasher"]
    monkeypatch.setattr(SlowHasher, "hashed", [])
    monkeypatch.setattr(SlowHasher, "now", 1000.0)
    monkeypatch.setattr(oauth, "secret_check", SecretCheck(lambda: SlowHasher.now))
    Application.objects.update(client_secret=make_password(SECRET))
    SlowHasher.hashed.clear()
    return SlowHasher.hashed


def test_a_storm_before_the_right_secret_was_ever_seen_has_its_share(
    endpoint: Endpoint, hashed: list[str]
) -> None:
    for number in range(50):
        answer = endpoint.ask(secret=f"wrong {number}")
        assert answer.status_code == (429 if number else 401)
        assert answer.json() == {"error": "invalid_client"}
    assert hashed == ["wrong 0"]
    assert endpoint.ask().status_code == 429
    assert FinCall.objects.latest("pk").detail == "Secrets are not looked at: too many were wrong."
    SlowHasher.now += 10 * SLOW
    assert endpoint.ask().status_code == 200


def test_a_storm_afterwards_costs_no_slow_hash_at_all(
    endpoint: Endpoint, hashed: list[str]
) -> None:
    assert endpoint.ask().status_code == 200
    assert hashed == [SECRET, SECRET]  # ours, and the toolkit's own
    for number in range(50):
        assert endpoint.ask(secret=f"wrong {number}").status_code == 401
    assert endpoint.ask().status_code == 200
    assert hashed == [SECRET] * 3
    Application.objects.update(client_secret=make_password("the next one"))
    assert endpoint.ask().status_code == 401
    SlowHasher.now += 10 * SLOW
    assert endpoint.ask(secret="the next one").status_code == 200
    assert endpoint.ask().status_code == 401


class CountingLock:
    """A lock that tells how many have come to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.comers = threading.Semaphore(0)

    def __enter__(self) -> None:
        self.comers.release()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_who_waited_for_the_right_one_is_judged_by_it(
    hashed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = CountingLock()

    waited: list[bool] = []

    def when_all_wait() -> float:
        if not waited:  # the clock is asked again afterwards
            waited.extend(lock.comers.acquire(timeout=30) for _ in range(8))
        assert all(waited)
        return SlowHasher.now

    check = SecretCheck(when_all_wait)
    monkeypatch.setattr(check, "_lock", lock)
    stored = make_password(SECRET)
    hashed.clear()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: check.is_right("fin", SECRET, stored), range(8)))
    assert answers == [True] * 8
    assert hashed == [SECRET]


def test_a_secret_that_we_made_is_never_hashed_slowly(
    endpoint: Endpoint, client: Application, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []

    def count(*arguments: Any, **options: Any) -> bytes:
        rounds.append(arguments[2])
        return pbkdf2(*arguments, **options)

    monkeypatch.setattr(hashers, "pbkdf2", count)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    output = io.StringIO()
    call_command("fin_setup", "--new-secret", "--json", stdout=output)
    secret = json.loads(output.getvalue())["client_secret"]
    for number in range(50):
        assert endpoint.ask(secret=f"wrong {number}").status_code in {401, 429}
    poll(lambda: endpoint.ask(secret=secret).status_code == 200)
    assert endpoint.ask(secret="wrong").status_code == 401
    assert set(rounds) == {1}
    client.refresh_from_db()
    assert check_password(
        secret, client.client_secret
    )  # any other user of the toolkit's sees no difference


def poll(is_done: Callable[[], bool]) -> None:
    """A share of what one hash took, some microseconds, may have to pass."""
    assert any(is_done() for _ in range(100))


def test_a_secret_in_clear_is_compared(endpoint: Endpoint, settings: Settings) -> None:
    Application.objects.update(client_secret=SECRET, hash_client_secret=False)
    assert endpoint.ask(secret="wrong").status_code == 401
    assert any(endpoint.ask().status_code == 200 for _ in range(100))


def test_a_fast_hash_is_in_a_form_that_the_host_reads(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    assert fast_hash("x").startswith("pbkdf2_sha256$1$")
    assert check_password("x", fast_hash("x"))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    assert fast_hash("x") == "x"
