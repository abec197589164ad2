"""Servers of this machine: found quickly, a room of its own in them for each test.

Each is named by a variable, with a default on loopback; an empty variable says that there is
none. A test asks for one by its fixture and is thereby marked `services`.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import dj_database_url
import kombu
import psycopg
import pymysql
import pytest
import redis
from amqp.exceptions import AMQPError

from tests.support.left_out import leave_out

_PATIENCE = 2


@dataclass(frozen=True)
class _Server:
    name: str
    variable: str
    default: str
    connect: Callable[[str], Any]

    def url(self) -> str:
        """Where it is; the running test ends here if it is nowhere."""
        url = os.environ.get(self.variable, self.default)
        if not url or not _answers(self.connect, url):
            leave_out(self.name)
        return url


@cache
def _answers(connect: Callable[[str], Any], url: str) -> bool:
    try:
        connect(url).close()
    except (OSError, psycopg.Error, pymysql.Error, redis.RedisError, AMQPError):
        return False
    return True


def _connect_postgresql(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, connect_timeout=_PATIENCE)


def _connect_mariadb(url: str) -> "pymysql.Connection[Any]":
    where = dj_database_url.parse(url)
    return pymysql.connect(
        host=where["HOST"],
        port=int(where["PORT"] or 3306),
        user=where["USER"],
        password=where["PASSWORD"],
        connect_timeout=_PATIENCE,
    )


def _connect_redis(url: str) -> redis.Redis:
    client = redis.Redis.from_url(url, socket_timeout=_PATIENCE)
    client.ping()
    return client


def _connect_rabbitmq(url: str) -> kombu.Connection:
    connection = kombu.Connection(url, connect_timeout=_PATIENCE)
    connection.connect()
    return connection


POSTGRESQL = _Server(
    "PostgreSQL",
    "FIN_BRIDGE_TEST_POSTGRES_URL",
    "postgres://postgres@127.0.0.1:5432/postgres",
    _connect_postgresql,
)
MARIADB = _Server(
    "MariaDB", "FIN_BRIDGE_TEST_MARIADB_URL", "mysql://root@127.0.0.1:3306/", _connect_mariadb
)
REDIS = _Server("Redis", "FIN_BRIDGE_TEST_REDIS_URL", "redis://127.0.0.1:6379/0", _connect_redis)
RABBITMQ = _Server(
    "RabbitMQ",
    "FIN_BRIDGE_TEST_RABBITMQ_URL",
    "amqp://guest:guest@127.0.0.1:5672//",
    _connect_rabbitmq,
)
FIXTURES = {"postgresql_url", "mariadb_url", "redis_url", "rabbitmq_url"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what uses a server, so that `-m services` finds it."""
    if FIXTURES.intersection(getattr(item, "fixturenames", ())):
        item.add_marker("services")


def _own_name() -> str:
    return f"fin_bridge_test_{uuid4().hex[:12]}"


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """An empty PostgreSQL database of the test's own."""
    url, name = POSTGRESQL.url(), _own_name()
    with _connect_postgresql(url) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield _with_database(url, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def mariadb_url() -> Iterator[str]:
    """An empty MariaDB database of the test's own."""
    url, name = MARIADB.url(), _own_name()
    with closing(_connect_mariadb(url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        yield _with_database(url, name)
        cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Redis database that was empty, and is so again afterwards."""
    url = REDIS.url()
    for number in range(1, 16):
        own_url = _with_database(url, str(number))
        with closing(_connect_redis(own_url)) as client:
            if client.dbsize() == 0 and client.set("fin_bridge_test", "taken", nx=True):
                yield own_url
                client.flushdb()
                return
    leave_out("a free database of Redis")


@pytest.fixture
def rabbitmq_url() -> Iterator[str]:
    """A RabbitMQ vhost of the test's own."""
    url, name = RABBITMQ.url(), _own_name()
    if shutil.which("rabbitmqctl") is None:
        leave_out("rabbitmqctl")
    _rabbitmqctl("add_vhost", name)
    _rabbitmqctl("set_permissions", "-p", name, str(urlsplit(url).username), ".*", ".*", ".*")
    yield _with_database(url, name)
    _rabbitmqctl("delete_vhost", name)


def _rabbitmqctl(*arguments: str) -> None:
    subprocess.run(["rabbitmqctl", "--quiet", *arguments], check=True, capture_output=True)
