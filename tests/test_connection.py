"""The connection that a worker's tasks keep, though Celery closes all that it finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import dj_database_url
import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from fin_bridge.connection import kept_connection


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
        with kept_connection(alias):
            connections[alias].close()
        connections[alias].close()
        del connections[alias], connections.settings[alias]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'kept.sqlite3'}"


def task(alias: str) -> Any:
    """What is under Django's wrapper while one of our tasks runs. Celery closes what it finds."""
    connections[alias].close()
    with kept_connection(alias):
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
    with database(sqlite_url, max_age=0) as alias:
        assert task(alias) is not task(alias)


def test_what_is_found_is_put_back_when_a_task_fails(sqlite_url: str) -> None:
    with database(sqlite_url, max_age=None) as alias:
        found = connections[alias]
        with pytest.raises(ZeroDivisionError), kept_connection(alias):
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
        with kept_connection(alias), connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
