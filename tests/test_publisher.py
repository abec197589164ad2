"""A save never waits for the broker: refused, hung, or gone while idle."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from celery import Celery, Task

from fin_bridge.publisher import PATIENCE, Publisher


def task_on(broker: str) -> Task[..., None]:
    app = Celery("publisher", broker=broker, set_as_current=False)

    @app.task(name="nothing")
    def nothing() -> None: ...

    return nothing


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Accepts, and never answers: a black hole."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:9/0", "amqp://guest@127.0.0.1:9//"])
def test_a_broker_that_refuses_is_left_at_once(broker: str) -> None:
    task, publisher = task_on(broker), Publisher()
    with pytest.raises(Exception, match="refused"):
        publisher.publish(task)  # the first call imports the transport
    started = time.monotonic()
    with pytest.raises(Exception, match="refused"):
        publisher.publish(task)
    assert time.monotonic() - started < PATIENCE


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:{}/0", "amqp://guest@127.0.0.1:{}//"])
def test_a_broker_that_hangs_is_left_after_its_patience(broker: str, silent_port: int) -> None:
    task, publisher = task_on(broker.format(silent_port)), Publisher()
    for _ in range(2):
        started = time.monotonic()
        with pytest.raises(Exception, match=r"(?i)time"):
            publisher.publish(task)
        assert time.monotonic() - started < 3 * PATIENCE


def test_a_connection_is_kept_and_replaced_when_it_has_died(redis_url: str) -> None:
    with proxied(redis_url) as (url, connections):
        task, publisher = task_on(url), Publisher()
        publisher.publish(task)
        made = len(connections)
        publisher.publish(task)
        assert len(connections) == made
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        publisher.publish(task)
        assert len(connections) > made


class proxied:  # noqa: N801  # reads as a context manager's name
    """A TCP proxy before Redis whose connections can be cut."""

    def __init__(self, url: str) -> None:
        self._path = url.rpartition("/")[2]
        host, _, port = url.split("//")[1].split("/")[0].rpartition(":")
        self._target = (host.rpartition("@")[2], int(port))
        self._connections: list[socket.socket] = []
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> tuple[str, list[socket.socket]]:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._serving = threading.Thread(target=self._serve)
        self._serving.start()
        port = self._server.getsockname()[1]
        return f"redis://127.0.0.1:{port}/{self._path}", self._connections

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            self._connections.append(near)
            self._sockets += [near, far]
            for source, sink in ((near, far), (far, near)):
                thread = threading.Thread(target=self._copy, args=(source, sink))
                self._threads.append(thread)
                thread.start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def __exit__(self, *exc: object) -> None:
        # First nobody may come any more: a client whose connection is cut makes another.
        self._server.shutdown(socket.SHUT_RDWR)
        self._serving.join()
        for connection in self._sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in self._sockets:
            end.close()
        self._server.close()
