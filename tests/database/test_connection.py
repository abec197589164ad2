"""The connection that a worker's tasks keep, though Celery closes all that it finds; writes that
are tried again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import dj_database_url
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, connections
from pytest_django import DjangoDbBlocker

from fin_bridge import tasks
from fin_bridge.database import connection
from fin_bridge.database.connection import durably, task_connection
from fin_bridge.models import database as default_database
from tests.support.proxy import Proxy


@pytest.fixture(autouse=True)
def opened(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Other databases than the suite's, which Django's test cases would keep shut."""
    with django_db_blocker.unblock():
        yield


@contextmanager
def database(url: str, max_age: int | None) -> Iterator[str]:
    """The alias of one more, as if the settings named it; nothing of it is left open."""
    alias = uuid4().hex
    one = dj_database_url.parse(url, conn_max_age=max_age)
    configured = connections.configure_settings({"default": {}, alias: one})
    connections.settings[alias] = configured[alias]
    try:
        yield alias
    finally:
        with task_connection(alias):
            connections[alias].close()
        connections[alias].close()
        del connections[alias], connections.settings[alias]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'kept.sqlite3'}"


def task(alias: str) -> Any:
    """What is under Django's wrapper while one of our tasks runs. Celery closes what it finds."""
    connections[alias].close()
    with task_connection(alias):
        connections[alias].ensure_connection()
        used = connections[alias].connection
    connections[alias].close()
    return used


def test_it_is_kept_from_one_task_to_the_next(sqlite_url: str) -> None:
    with database(sqlite_url, max_age=None) as alias:
        used = task(alias)
        assert task(alias) is used
        assert connections[alias].connection is None


def test_it_lives_no_longer_than_conn_max_age(sqlite_url: str) -> None:
    with database(sqlite_url, max_age=-1) as alias:
        assert task(alias) is not task(alias)


def test_where_nothing_is_to_be_kept_it_is_what_is_found(sqlite_url: str) -> None:
    """Whatever the host has told that connection, such as a schema, holds."""
    with database(sqlite_url, max_age=0) as alias:
        found = connections[alias]
        with task_connection(alias):
            assert connections[alias] is found


def test_threads_that_come_and_go_keep_none(sqlite_url: str) -> None:
    with database(sqlite_url, max_age=None) as alias, ThreadPoolExecutor(1) as other:

        def is_as_found() -> bool:
            found = connections[alias]
            with task_connection(alias):
                return connections[alias] is found

        assert other.submit(is_as_found).result()


def test_a_forked_process_has_its_own(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with database(sqlite_url, max_age=None) as alias:
        used, own = task(alias), os.getpid()
        with monkeypatch.context() as forked:
            forked.setattr("os.getpid", lambda: own + 1)
            assert task(alias) is not used
            with task_connection(alias):
                connections[alias].close()
        assert task(alias) is used


@pytest.mark.django_db
def test_tasks_use_it_unless_they_are_called_as_functions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alias = default_database()
    found = connections[alias]
    monkeypatch.setitem(found.settings_dict, "CONN_MAX_AGE", None)
    monkeypatch.setattr(connection, "_connections", {})
    for task in (tasks.drain, tasks.sweep, tasks.notice):
        for how, is_kept in (
            ({"called_directly": True}, False),
            ({"called_directly": False, "is_eager": True}, False),
            ({"called_directly": False, "is_eager": False}, True),
        ):
            task.push_request(**how)
            try:
                with tasks._connection(task):
                    assert (connections[alias] is not found) is is_kept
            finally:
                task.pop_request()


def test_what_is_found_is_put_back_when_a_task_fails(sqlite_url: str) -> None:
    with database(sqlite_url, max_age=None) as alias:
        found = connections[alias]
        with pytest.raises(ZeroDivisionError), task_connection(alias):
            raise ZeroDivisionError
        assert connections[alias] is found


def test_one_that_the_database_has_ended_is_replaced(postgresql_url: str) -> None:
    with database(postgresql_url, max_age=None) as alias:
        used = task(alias)
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert not used.closed  # it does not know yet
        with task_connection(alias), connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)


def test_one_that_was_idle_for_long_is_asked_whether_it_still_works(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "FRESH", 0.0)
    with Proxy(postgresql_url) as firewall, database(firewall.url, max_age=None) as alias:
        used = task(alias)
        assert task(alias) is used
        firewall.forget()
        with task_connection(alias), connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
        assert task(alias) is not used


def test_one_that_its_driver_has_closed_is_replaced(postgresql_url: str) -> None:
    with database(postgresql_url, max_age=None) as alias:
        used = task(alias)
        used.close()
        assert task(alias) is not used


def test_one_that_was_interrupted_is_asked_before_it_is_used_again(postgresql_url: str) -> None:
    """As by Celery's soft time limit: its statement is still under way, and the socket silent."""

    class TimeLimitError(Exception):
        pass

    def end(*_: object) -> None:
        raise TimeLimitError

    def sleep(alias: str) -> None:
        with task_connection(alias), connections[alias].cursor() as cursor:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            cursor.execute("SELECT pg_sleep(2)")

    before = signal.signal(signal.SIGALRM, end)
    try:
        with database(postgresql_url, max_age=None) as alias:
            with pytest.raises(TimeLimitError):
                sleep(alias)
            with task_connection(alias), connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
                assert cursor.fetchone() == (1,)
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_it_is_tried_again(error: type[Exception]) -> None:
    failures: list[Exception] = [error("away")]

    def write() -> str:
        if failures:
            raise failures.pop()
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 'written'")
            return str(cursor.fetchone()[0])

    assert durably(write) == "written"


def test_a_mistake_is_not_tried_again() -> None:
    tries = []

    def write() -> None:
        tries.append(1)
        raise IntegrityError

    with pytest.raises(IntegrityError):
        durably(write)
    assert len(tries) == 1


def test_what_stays_away_is_said_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fin_bridge.database.connection.PAUSES", (0.0,) * len(connection.PAUSES))
    tries = []

    def write() -> None:
        tries.append(1)
        raise OperationalError

    with pytest.raises(OperationalError):
        durably(write)
    assert len(tries) == len(connection.PAUSES) + 1
