"""The servers of a run: its own PostgreSQL, and its own Redis or RabbitMQ, on ports of their own.

Nobody else's are touched, so that they can be killed, frozen, flushed and restarted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Protocol

import kombu
import psycopg
import redis

from chaos.programs import GRACE, Program, free_port, wait_until

PATIENCE = 60.0
"""Seconds until a server that was started must answer."""


class ServerError(Exception):
    """A server could not be made or started."""


class Broker(Protocol):
    """What Celery is given."""

    url: str
    program: Program

    def start(self) -> None:
        """Return when it answers."""

    def flush(self) -> None:
        """Forget all messages; raises whatever its client raises."""


class PostgreSQL:
    """A cluster of its own, under an account that may run it."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self._port}/postgres"
        binaries = _postgresql_binaries()
        command = [str(binaries / "postgres"), "-D", str(self._data), "-p", str(self._port)]
        # Only the machine's end could lose what is not synced, and that is not tried here.
        options = {"listen_addresses": "127.0.0.1", "max_connections": "200", "fsync": "off"}
        options["unix_socket_directories"] = ""
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.program = Program("postgresql", [*_as_somebody(folder), *command], folder.parent)
        initdb = [str(binaries / "initdb"), "-D", str(self._data), "-U", "postgres", "-A", "trust"]
        initdb += ["-E", "UTF8", "--locale=C", "--no-sync"]
        _run([*_as_somebody(folder), *initdb])

    def start(self) -> None:
        """Return when it answers."""
        self.program.start()
        if not wait_until(self.answers, PATIENCE):
            raise ServerError("PostgreSQL does not answer.")

    def answers(self) -> bool:
        """Whether it takes connections."""
        with contextlib.suppress(psycopg.Error):
            self.connect().close()
            return True
        return False

    def connect(self) -> psycopg.Connection:
        """In autocommit."""
        return psycopg.connect(self.url, autocommit=True, connect_timeout=5)

    def stop(self, *, crash: bool) -> None:
        """As `pg_ctl stop -m fast`; a crash as `-m immediate`, after which it must recover."""
        self.program.send(signal.SIGQUIT if crash else signal.SIGINT)
        if not self.program.wait(GRACE):
            self.program.kill()


class Redis:
    """A broker that keeps nothing on the disk: a restart empties it."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        command = [_found("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        self.program = Program("redis", command, folder.parent)

    def start(self) -> None:
        """Return when it answers."""
        self.program.start()
        if not wait_until(self._answers, PATIENCE):
            raise ServerError("Redis does not answer.")

    def _answers(self) -> bool:
        with contextlib.suppress(redis.RedisError), self._client() as client:
            return bool(client.ping())
        return False

    def flush(self) -> None:
        """FLUSHALL."""
        with self._client() as client:
            client.flushall()

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=2)


class RabbitMQ:
    """A node of its own beside whatever nodes the machine has."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}//"
        environment = {
            "HOME": str(folder),  # for the cookie
            "RABBITMQ_NODENAME": f"chaos{os.getpid()}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
        }
        self.program = Program("rabbitmq", [_rabbitmq()], folder.parent, environment)

    def start(self) -> None:
        """Return when it answers."""
        self.program.start()
        if not wait_until(self._answers, PATIENCE):
            raise ServerError("RabbitMQ does not answer.")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), self._dial() as connection:
            connection.settimeout(2)
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return bool(connection.recv(1))
        return False

    def _dial(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port), timeout=2)

    def flush(self) -> None:
        """Purge the queue of the deliveries."""
        with kombu.Connection(self.url, connect_timeout=2) as connection:
            kombu.Queue("celery").bind(connection.channel()).purge()


BROKERS: dict[str, type[Redis | RabbitMQ]] = {"redis": Redis, "rabbitmq": RabbitMQ}


def _found(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise ServerError(f"There is no {name} on this machine.")
    return path


def _postgresql_binaries() -> Path:
    """Debian keeps them away from PATH."""
    if named := shutil.which("initdb"):
        return Path(named).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not installed:
        raise ServerError("There is no PostgreSQL server on this machine.")
    return installed[-1].parent


def _rabbitmq() -> str:
    """The script itself: what Debian has on PATH insists on the account of its own node."""
    script = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return str(script) if script.exists() else _found("rabbitmq-server")


def _as_somebody(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return [_found("setpriv"), "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ServerError(f"{command[0]} failed: {done.stderr.strip()}")
