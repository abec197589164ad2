"""How many statements a save, a keystroke, a delivery and a pull cost, against a baseline.

Where a change is meant, write the new number into `statement_counts.toml`, and into the commit
why it is worth it. Fewer are a change as well: the baseline says what is, not what is allowed.
"""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from fin_bridge.events.drain import drain
from fin_bridge.events.sweep import sweep
from fin_bridge.testing import sign_request
from helpdesk_demo.models import Reply, ReplyFile, Ticket
from tests.support.fin_caller import SIGNING_KEY, TOKEN, let_in
from tests.support.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)

BASELINE = tomllib.loads((Path(__file__).parent / "statement_counts.toml").read_text())
BRACKETS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET LOCAL")
"""Of transactions: not every database is told of them in the same way."""


@contextmanager
def counted(name: str) -> Iterator[None]:
    """Exactly as many as the baseline says."""
    with CaptureQueriesContext(connection) as queries:
        yield
    statements = [query["sql"] for query in queries if not query["sql"].startswith(BRACKETS)]
    assert len(statements) == BASELINE[name], "\n".join(statements)


@pytest.fixture
def at_once(settings: Settings) -> None:
    """What is recorded is due."""
    settings.FIN_BRIDGE_SETTLE = settings.FIN_BRIDGE_SPACING = 0


def say(ticket: Ticket, count: int = 1) -> None:
    with transaction.atomic():
        for _ in range(count):
            Reply(ticket_id=ticket.pk, body="<p>It burns.</p>").save()


def test_saves(ticket: Ticket) -> None:
    with counted("a save, and its own INSERT"):
        say(ticket)
    with counted("100 saves in one transaction, and their own INSERTs"):
        say(ticket, 100)


def test_deliveries(ticket: Ticket, fin: Receiver, at_once: None) -> None:
    sweep()
    for name in ("the first delivery of a conversation", "each further delivery"):
        say(ticket, 5)
        fin.requests.clear()
        with counted(name):
            drain()
        assert len(fin.requests) == 1


def test_a_drain_with_nothing_to_do(fin: Receiver) -> None:
    sweep()
    with counted("a drain with nothing to do"):
        drain()


def test_keystrokes(client: Client, ticket: Ticket, sarah: User) -> None:
    cache.clear()
    client.force_login(sarah)

    def type_in() -> None:
        body = json.dumps({"conversation_id": str(ticket.pk)})
        response = client.post("/fin/typing/", body, content_type="application/json")
        assert response.status_code == 204

    with counted("the first keystroke, with session and user"):
        type_in()
    with counted("each keystroke after it"):
        type_in()
    cache.clear()


@pytest.mark.parametrize("messages", [10, 200])
def test_pulls(
    client: Client, settings: Settings, ticket: Ticket, sarah: User, messages: int
) -> None:
    let_in(settings)
    replies = [
        Reply(ticket=ticket, staff=sarah if number % 2 else None, body="<p>Hello</p>")
        for number in range(messages)
    ]
    ReplyFile.objects.bulk_create(
        ReplyFile(reply=reply, upload="a.png", filename="a.png")
        for reply in Reply.objects.bulk_create(replies)
    )

    def pull(**more: str) -> int:
        body = json.dumps({"conversation_id": str(ticket.pk), **more}).encode()
        signature = sign_request(SIGNING_KEY, "POST", "", body, int(time.time()))
        headers = {"Authorization": f"Bearer {TOKEN}", **signature}
        response = client.post(
            "/api/fin/get_messages", body, content_type="application/json", headers=headers
        )
        assert response.status_code == 200
        return len(response.json()["data"])

    settings.FIN_BRIDGE_SETTLE = 0
    pull()  # Fin knows it from now on
    with counted("get_messages, however many"):
        assert pull() == messages + 1
    with CaptureQueriesContext(connection) as queries:
        pull()
    brackets = [query["sql"] for query in queries if query["sql"].startswith(BRACKETS)]
    begun, committed = brackets  # once, around the stamp and the note of the call
    assert (begun.startswith("BEGIN"), committed) == (True, queries[-1]["sql"])
    last = str(Reply.objects.latest("pk").pk)
    with counted("get_messages after the last"):
        assert pull(after_id=last) == 0
