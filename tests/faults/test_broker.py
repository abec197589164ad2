"""FAULTS 1, 2, 12 and 14: a save never waits for the broker, and needs none."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from statistics import quantiles

import pytest
from celery import Celery
from django.core.management import call_command
from django.db import connection

from fin_bridge import tasks
from fin_bridge.broker import PATIENCE, Publisher
from fin_bridge.events import drain, hints
from fin_bridge.models import Event, IntegrationState
from helpdesk_demo.models import Reply, Ticket
from tests.support.celery_app import use_broker
from tests.support.receiver import Receiver
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)

TRANSPORTS = ["redis", "amqp"]


@pytest.fixture
def hints_go_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have hints really sent, to that broker."""

    def go_to(url: str) -> None:
        use_broker(monkeypatch, url)
        monkeypatch.setattr(tasks, "publisher", Publisher())
        monkeypatch.setattr(hints, "waker", hints.Waker(tasks.hint))

    return go_to


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A black hole: accepts, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield server.getsockname()[1]


def saves(ticket: Ticket, number: int) -> list[float]:
    """How long each took, in seconds."""
    took = []
    for _ in range(number):
        began = time.perf_counter()
        Reply.objects.create(ticket=ticket, body="<p>Hello</p>")
        took.append(time.perf_counter() - began)
    return took


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_save_does_not_notice_a_broker_that_refuses(
    ticket: Ticket,
    fin: Receiver,
    stopped_clock: Clock,
    transport: str,
    hints_go_to: Callable[[str], None],
) -> None:
    plain = quantiles(saves(ticket, 200), n=100)[98]
    hints_go_to(f"{transport}://127.0.0.1:9//")
    took = saves(ticket, 300)
    assert quantiles(took[1:], n=100)[98] <= plain + 0.05  # the first imports the transport
    assert took[0] < 3
    stopped_clock.advance(1)
    call_command("deliver_events", "--once")
    assert fin.conversations == [str(ticket.pk)]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_broker_that_hangs_is_waited_for_once(
    ticket: Ticket, transport: str, silent_port: int, hints_go_to: Callable[[str], None]
) -> None:
    hints_go_to(f"{transport}://guest@127.0.0.1:{silent_port}//")
    took = saves(ticket, 200)
    assert max(took) < 3
    assert sum(one > 0.5 for one in took) <= 1
    assert Event.objects.count() == 200


def test_with_celerys_defaults_the_same_broker_blocks_for_good() -> None:
    """The control: without it, the tests above would not show that anything is won."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}//"
        plain = Celery("plain", broker=url, set_as_current=False)

        @plain.task(name="nothing")
        def nothing() -> None: ...

        def publish() -> None:
            with contextlib.suppress(Exception):
                nothing.apply_async(retry=False)

        thread = threading.Thread(target=publish)
        thread.start()
        thread.join(5 * PATIENCE)
        is_blocked = thread.is_alive()
    thread.join()
    assert is_blocked


def test_any_worker_sweeps_where_beat_is_dead(ticket: Ticket, fin: Receiver) -> None:
    """FAULTS 16: a hint is enough to have a dead worker's claims taken over, and so on."""
    tasks.drain()
    first = IntegrationState.objects.get().swept_at
    assert first is not None
    tasks.drain()
    assert IntegrationState.objects.get().swept_at == first  # once in ten seconds


def test_a_hint_that_comes_five_times_sends_once(
    ticket: Ticket, fin: Receiver, stopped_clock: Clock
) -> None:
    ticket.save()
    stopped_clock.advance(1)

    def drain_alone() -> None:
        try:
            drain.drain()
        finally:
            connection.close()

    threads = [threading.Thread(target=drain_alone) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fin.conversations == [str(ticket.pk)]
