"""FAULTS 43: however many ask at once for the same object, there is one, and all are told of it.

A web server of several processes on PostgreSQL, and 64 requests at the same moment.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from chaos.programs import Program, free_port, wait_until
from fin_bridge.testing import Dialect
from fin_bridge.testing.contract.requests import WireRequest, spell
from tests.support.fin_caller import DIALECTS, TOKEN

ROUNDS = int(os.environ.get("FIN_BRIDGE_TEST_CREATE_ROUNDS", "6"))
AT_ONCE = 64
SERVER = ["gunicorn", "--config=python:helpdesk_demo.gunicorn_conf", "helpdesk_demo.wsgi"]
PREPARE = """
import django; django.setup()
from django.core.management import call_command
from helpdesk_demo.models import Customer, Status, Ticket
call_command("migrate", verbosity=0)
customer = Customer.objects.create(full_name="Ada")
for slug in ("waiting", "solved", "archived", "new"):
    status = Status.objects.create(slug=slug, name=slug)
Ticket.objects.create(customer=customer, status=status)
"""


@pytest.fixture
def web(postgresql_url: str, tmp_path: Path) -> Iterator[str]:
    """The demo's web server, of four processes; a customer with a ticket, both of id 1."""
    port = free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "chaos.settings",
        "DEMO_VAR": str(tmp_path),
        "DATABASE_URL": postgresql_url,
        "CELERY_BROKER_URL": "redis://127.0.0.1:9/0",
        "FIN_EVENTS_URL": "http://127.0.0.1:9",
        "CHAOS_TOKEN": TOKEN,
        "CHAOS_LEASE": "60",
    }
    prepared = {**os.environ, **environment}
    subprocess.run([sys.executable, "-c", PREPARE], env=prepared, check=True)
    options = [f"--bind=127.0.0.1:{port}", "--workers=4", "--threads=12"]
    command = [sys.executable, "-m", *SERVER, *options]
    server = Program("web", command, tmp_path, environment)
    server.start()
    try:
        url = f"http://127.0.0.1:{port}"
        assert wait_until(lambda: is_up(url), 60)
        yield url
    finally:
        server.end()


def is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/accounts/login/", timeout=30).ok
    except requests.ConnectionError:
        return False


def conversation(dialect: Dialect, object_id: str) -> dict[str, Any]:
    user = {"user": {"id": "1"}} if dialect == "posts_only" else {"user_id": "1"}
    author = {"id": "1", "user_type": "end_user"}
    message = {"object_id": f"{object_id}-first", "body": "<p>It burns.</p>", "author": author}
    return {"object_id": object_id, "initial_message": message, **user}


def message(dialect: Dialect, object_id: str) -> dict[str, Any]:
    author = {"id": "1", "user_type": "end_user"}
    given = {"object_id": object_id, "body": "<p>Hello</p>", "author": author}
    return {"conversation_id": "1", **given}


def user(dialect: Dialect, object_id: str) -> dict[str, Any]:
    return {"object_id": object_id, "name": "Bob", "email": f"{object_id}@example.com"}


CREATES = [
    # The operation, what it is given, and where the object then stands.
    ("create_conversation", conversation, "helpdesk_demo_ticket"),
    ("create_message", message, "helpdesk_demo_reply"),
    ("create_user", user, "helpdesk_demo_customer"),
]


def ask(url: str, wire: WireRequest, start: threading.Barrier) -> tuple[int, bytes]:
    """Status and body of the answer to a request that is sent when all are there."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
        start.wait(60)
        connection.request(wire.method, f"/api/fin{wire.path}", wire.body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_many_creates_at_once_make_one_object(web: str, postgresql_url: str) -> None:
    rounds = islice(cycle(product(DIALECTS, CREATES)), ROUNDS)
    with (
        psycopg.connect(postgresql_url, autocommit=True) as connection,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        for number, (dialect, (operation, given, table)) in enumerate(rounds):
            count = f"SELECT count(*) FROM {table}".encode()
            [(before,)] = connection.execute(count).fetchall()
            wire = spell(dialect, operation, given(dialect, f"round-{number}"))
            start = threading.Barrier(AT_ONCE)
            futures = [pool.submit(ask, web, wire, start) for _ in range(AT_ONCE)]
            answers = [future.result() for future in futures]
            assert {status // 100 for status, _ in answers} == {2}
            assert len({body for _, body in answers}) == 1
            assert connection.execute(count).fetchall() == [(before + 1,)]
