"""Bytes that no HTTP library sends, at a real web server of the demo: what our doors make of them.

Each is answered by a known party, soon, with no page of ours and no mistake of ours.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from chaos.programs import Program, free_port, wait_until
from fin_bridge.testing import sign_request
from tests.support import raw_bodies, raw_framing, raw_heads
from tests.support.fin_caller import SIGNING_KEY, TOKEN
from tests.support.raw_exchange import Answer, answers, exchange
from tests.support.raw_requests import Case, Door

JSON, FORM = "application/json", "application/x-www-form-urlencoded"

AT_ONCE = 6
"""The demo's web server has eight threads."""
HANGS = 15
"""Seconds after which an answer is none."""

CSRF = "x" * 32
SECRET = "the-secret-of-the-client"
SERVER = ["gunicorn", "--config=python:helpdesk_demo.gunicorn_conf", "helpdesk_demo.wsgi"]
PREPARE = f"""
import django; django.setup()
from datetime import timedelta
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import now
from oauth2_provider.models import AccessToken, Application
from fin_bridge.api.trust.client_secrets import fast_hash
from helpdesk_demo.models import Customer, Status, Ticket
call_command("migrate", verbosity=0)
customer = Customer.objects.create(full_name="Ada")
for slug in ("waiting", "solved", "archived", "new"):
    status = Status.objects.create(slug=slug, name=slug)
Ticket.objects.create(customer=customer, status=status)
fin = Application.objects.create(client_id="fin-client", client_secret=fast_hash({SECRET!r}),
    client_type="confidential", authorization_grant_type="client-credentials")
later = now() + timedelta(hours=1)
AccessToken.objects.create(token={TOKEN!r}, application=fin, expires=later, scope="fin")
client = Client()
client.force_login(User.objects.create_user("sarah", is_staff=True))
print(client.cookies["sessionid"].value)
"""


@dataclass(frozen=True)
class Web:
    """A web server of the demo, with the session of an agent who is logged in."""

    port: int
    session: str
    log: Path


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    port = free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "helpdesk_demo.settings",
        "DEMO_VAR": str(tmp_path),
        "DATABASE_URL": "",
        "CELERY_BROKER_URL": "",
        "FIN_EVENTS_URL": "http://127.0.0.1:9",
        "FIN_AGENT_ID": "1",
        "FIN_CLIENT_ID": "fin-client",
        "FIN_SIGNING_KEY": SIGNING_KEY,
    }
    prepared = subprocess.run(
        [sys.executable, "-c", PREPARE],
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    command = [sys.executable, "-m", *SERVER, f"--bind=127.0.0.1:{port}"]
    server = Program("web", command, tmp_path, environment)
    server.start()
    try:
        assert wait_until(lambda: is_up(port), 60)
        yield Web(port, prepared.stdout.strip(), tmp_path / "web.log")
    finally:
        server.end()


def is_up(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/accounts/login/", timeout=30).ok
    except requests.ConnectionError:
        return False


def doors(session: str) -> list[Door]:
    """One for each way of ours to read a request."""

    def signed(method: str) -> Callable[[bytes], Sequence[str]]:
        def credentials(body: bytes) -> list[str]:
            headers = sign_request(SIGNING_KEY, method, "", body, int(time.time()))
            lines = [f"{name}: {value}" for name, value in headers.items()]
            return [f"Authorization: Bearer {TOKEN}", *lines]

        return credentials

    def of_agent(body: bytes) -> list[str]:
        return [f"Cookie: sessionid={session}; csrftoken={CSRF}", f"X-CSRFToken: {CSRF}"]

    form = f"grant_type=client_credentials&client_id=fin-client&client_secret={SECRET}"
    typing = b'{"conversation_id": "1"}'
    return [
        Door("REST", "PUT", "/api/fin/user", JSON, b'{"user_id": "1"}', 200, signed("PUT")),
        Door(
            "POST-only",
            "POST",
            "/api/fin/get_user",
            JSON,
            b'{"user_id": "1"}',
            200,
            signed("POST"),
        ),
        Door("token", "POST", "/api/fin/oauth/token", FORM, form.encode(), 200, lambda _: []),
        Door("agents", "POST", "/fin/typing/", JSON, typing, 204, of_agent, takes_chunks=False),
    ]


def problems(case: Case, raw: bytes) -> Iterator[str]:
    """What is wrong with the answers."""
    found = list(answers(raw))
    if case.statuses and case.statuses != tuple(one.status for one in found):
        yield f"answered {[one.status for one in found]}"
    if (case.by == "nobody") == bool(found):
        yield f"{len(found)} answers"
    for number, answer in enumerate(found):
        by = author(answer)
        if by != case.by and not (number and by == "server"):
            yield f"answered by the {by}: {answer}"
        if answer.status >= 500 and not (by == "server" and answer.status == 501):
            yield f"a server error: {answer}"


def author(answer: Answer) -> str:
    """Who wrote it; what an application answers the server puts its name under."""
    if "server" not in answer.headers:
        return "server"
    if not answer.body:
        return "door"
    is_json = answer.headers["content-type"] in {JSON, "application/problem+json"}
    return "door" if is_json and json.loads(answer.body) else "django"


async def attack(port: int, cases: list[Case]) -> list[str]:
    """All of them, a few at once; what was wrong with which."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case) -> list[str]:
        try:
            async with few, asyncio.timeout(HANGS):
                raw = await exchange(port, case)
        except TimeoutError:
            return [f"{case.what}: hangs"]
        return [f"{case.what}: {problem}" for problem in problems(case, raw)]

    return [each for found in await asyncio.gather(*map(one, cases)) for each in found]


@pytest.mark.exhaustive
def test_whatever_comes_over_a_socket_is_answered_or_refused(
    web: Web, subtests: pytest.Subtests
) -> None:
    for door in doors(web.session):
        with subtests.test(door.name):
            besiege(web, door)


def besiege(web: Web, door: Door) -> None:
    """With all there is; afterwards whoever may enter still does."""
    good = Case("a good one", [door.request()], statuses=(door.success,))
    parts = (raw_framing, raw_heads, raw_bodies)
    cases = [case for part in parts for case in part.corpus(door)]
    assert len(cases) > 400
    began = web.log.stat().st_size
    assert asyncio.run(attack(web.port, [good])) == []
    assert asyncio.run(attack(web.port, cases)) == []
    assert asyncio.run(attack(web.port, [good] * 10)) == []
    said = web.log.read_bytes()[began:]
    assert b"/smuggled" not in said
    # The one that Django itself writes down, for each host that is none of its.
    assert said.count(b"Traceback") == said.count(b"exceptions.DisallowedHost: ")


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["token", "user"])
def test_a_body_above_the_cap_always_gets_its_answer(web: Web, name: str) -> None:
    address = {"token": "oauth/token", "user": "user"}[name]
    headers = {"Content-Type": {"token": FORM, "user": JSON}[name]}
    for _ in range(100):  # each over a connection of its own
        url = f"http://127.0.0.1:{web.port}/api/fin/{address}"
        answer = requests.post(url, b" " * 3_000_000, headers=headers, timeout=30)
        assert answer.status_code == 413
