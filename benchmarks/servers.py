"""A database and a broker of the benchmark's own, in the servers that the tests use as well."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import redis

from benchmarks.contender import ROOT

POSTGRESQL_URL = os.environ.get(
    "FIN_BRIDGE_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"
)
REDIS_URL = os.environ.get("FIN_BRIDGE_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
RABBITMQ_URL = os.environ.get(
    "FIN_BRIDGE_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"
)


def _with_name(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _own_name() -> str:
    return f"fin_bridge_bench_{uuid4().hex[:8]}"


@contextmanager
def postgresql() -> Iterator[str]:
    """An empty database."""
    name = _own_name()
    with psycopg.connect(POSTGRESQL_URL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield _with_name(POSTGRESQL_URL, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def sqlite() -> Iterator[str]:
    """A new file."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder, 'bench.sqlite3')}"


@contextmanager
def redis_database() -> Iterator[str]:
    """A database that was empty, and is so again afterwards."""
    for number in range(15, 0, -1):
        url = _with_name(REDIS_URL, str(number))
        with redis.Redis.from_url(url) as client:
            if client.dbsize() == 0 and client.set("fin_bridge_bench", "taken", nx=True):
                try:
                    yield url
                finally:
                    client.flushdb()
                return
    raise SystemExit("All of Redis' databases are in use.")


@contextmanager
def rabbitmq() -> Iterator[str]:
    """A virtual host."""
    name = _own_name()
    _rabbitmqctl("add_vhost", name)
    try:
        user = str(urlsplit(RABBITMQ_URL).username)
        _rabbitmqctl("set_permissions", "-p", name, user, ".*", ".*", ".*")
        yield _with_name(RABBITMQ_URL, name)
    finally:
        _rabbitmqctl("delete_vhost", name)


def _rabbitmqctl(*arguments: str) -> None:
    subprocess.run(["rabbitmqctl", "--quiet", *arguments], check=True, capture_output=True)


DATABASES = {"PostgreSQL": postgresql, "SQLite": sqlite}
BROKERS = {"Redis": redis_database, "RabbitMQ": rabbitmq}


@contextmanager
def serving(database: str, broker: str = "") -> Iterator[dict[str, str]]:
    """The variables of `settings` that name both; without a broker there is one in memory."""
    with ExitStack() as stack:
        environment = {"BENCH_DATABASE_URL": stack.enter_context(DATABASES[database]())}
        if broker:
            environment["BENCH_BROKER_URL"] = stack.enter_context(BROKERS[broker]())
        yield environment


def migrate(environment: Mapping[str, str], python: str = sys.executable) -> None:
    """Make the tables of a contender's apps."""
    subprocess.run(
        [python, "-m", "django", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "PYTHONPATH": str(ROOT),
            **environment,
        },
        check=True,
    )
