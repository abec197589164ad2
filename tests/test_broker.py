"""A save never waits for the broker: refused, hung, or gone while idle."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from celery import Celery, Task

from fin_bridge.broker import PATIENCE, Publisher
from tests.support.proxy import Proxy


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
    with Proxy(redis_url) as proxy:
        task, publisher = task_on(proxy.url), Publisher()
        publisher.publish(task)
        made = len(proxy.connections)
        publisher.publish(task)
        assert len(proxy.connections) == made
        proxy.cut()
        publisher.publish(task)
        assert len(proxy.connections) > made
