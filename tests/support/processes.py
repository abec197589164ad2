"""Real processes on a PostgreSQL database of their own, forks of `tests.support.crash_runner`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.support.receiver import Receiver
from tests.support.services import POSTGRESQL

KILLED = -signal.SIGKILL
LATER = 70
"""Seconds: a lease, and a sweep."""


class Processes:
    """Forks of the runner, and the database that they share."""

    def __init__(
        self, runner: subprocess.Popen[str], connection: psycopg.Connection, database_url: str
    ) -> None:
        self._runner, self._connection = runner, connection
        self.database_url = database_url
        self.url = ""

    def run(self, do: str, point: str = "", ahead: float = 0) -> int:
        """The exit status of a process that was given this order."""
        return self.wait(self.start(do, point, ahead))

    def start(self, do: str, point: str = "", ahead: float = 0, answer: str = "") -> int:
        """The id of such a process, that goes on by itself; some leave an answer in a file."""
        order = {"do": do, "point": point, "ahead": ahead, "url": self.url, "answer": answer}
        return self._tell(order)

    def wait(self, pid: int) -> int:
        """The exit status of one that was started."""
        return self._tell({"wait": pid})

    def _tell(self, order: dict[str, Any]) -> int:
        assert self._runner.stdin is not None
        assert self._runner.stdout is not None
        self._runner.stdin.write(json.dumps(order) + "\n")
        self._runner.stdin.flush()
        return int(self._runner.stdout.readline())

    def recover(self) -> None:
        """What others do when a lease and a sweep's interval have passed, and a retry."""
        for ahead in (LATER, LATER + 20):
            assert self.run("sweep", ahead=ahead) == 0

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query.encode()).fetchall()

    @property
    def states(self) -> list[str]:
        return [row[0] for row in self.ask("SELECT state FROM fin_bridge_event ORDER BY id")]

    @property
    def outcomes(self) -> list[str]:
        return [row[0] for row in self.ask("SELECT outcome FROM fin_bridge_attempt ORDER BY id")]

    @property
    def subject(self) -> str:
        return str(self.ask("SELECT subject FROM helpdesk_demo_ticket")[0][0])


@pytest.fixture(scope="session")
def running() -> Iterator[Processes]:
    """One runner for all tests; making it takes a second, a fork of it milliseconds."""
    base, name = POSTGRESQL.url(), f"fin_bridge_test_{uuid4().hex[:12]}"
    with psycopg.connect(base, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}".encode())
        url = f"{base.rpartition('/')[0]}/{name}"
        environment = {**os.environ, "FIN_BRIDGE_TEST_DATABASE_URL": url}
        runner = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crash_runner"],
            env={
                **environment,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "PGOPTIONS": "-c lock_timeout=2s",  # nothing waits here for good
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with runner, psycopg.connect(url, autocommit=True) as connection:
            yield Processes(runner, connection, url)
        administrator.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def processes(running: Processes, fin: Receiver) -> Processes:
    """With a ticket of which Fin knows all."""
    running.url = fin.url
    assert running.run("prepare") == 0
    return running
