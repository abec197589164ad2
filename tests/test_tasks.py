"""Celery's entry points, with a broker in memory and a real worker."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.apps import apps
from django.db import connection

from fin_bridge import tasks
from fin_bridge.broker import publisher
from fin_bridge.events import hints, typing
from fin_bridge.models import Event
from helpdesk_demo.models import Ticket
from tests.support.celery_app import app
from tests.support.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        pause.wait(0.02)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker in a thread, and hints that reach it."""
    monkeypatch.setattr(hints, "waker", hints.Waker(tasks.hint))
    app.control.purge()  # what tests before this one have left in the process's memory
    root = logging.getLogger()
    level = root.level
    with start_worker(app, perform_ping_check=False, queues=["celery"], shutdown_timeout=20):
        yield
    root.setLevel(level)  # the worker has set its own


def test_a_save_reaches_fin_through_a_worker(ticket: Ticket, fin: Receiver, worker: None) -> None:
    ticket.save()
    wait_for(lambda: len(fin.requests) == 1)
    wait_for(lambda: Event.objects.get().state == Event.State.SENT)
    connection.close()


def test_a_notice_reaches_fin_through_a_worker(
    fin: Receiver, worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The broker in memory is looked at once a second; on a busy machine three may pass.
    monkeypatch.setattr(typing, "LATEST", timedelta(seconds=20))
    agent = {"id": "7", "user_type": "agent", "name": "Sarah", "email": None}
    tasks.send_typing("default", "conv_1", agent, time.time())
    wait_for(lambda: len(fin.requests) == 1)
    wait_for(Event.objects.filter(kind=Event.Kind.TYPING).exists)


def test_a_drain_sweeps_where_nobody_does(
    ticket: Ticket, fin: Receiver, hints: list[float]
) -> None:
    tasks.drain()
    tasks.sweep()
    assert hints == []
    ticket.save()
    hints.clear()
    tasks.drain()
    assert len(hints) == 1


def test_an_eager_task_does_not_call_itself(ticket: Ticket, hints: list[float]) -> None:
    ticket.save()
    hints.clear()
    tasks.drain.apply()
    assert hints == []


def test_a_notice_that_cannot_be_published_is_dropped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hints, "waker", hints.Waker(tasks.hint))
    for _ in range(2):
        tasks.send_typing("default", "conv_1", {"id": object()}, time.time())
    [told] = [record for record in caplog.records if record.levelname == "WARNING"]
    assert told.getMessage().startswith("A typing notice was dropped: the broker does not answer")
    assert told.exc_info is None  # one line, however often a development server says it


def test_the_app_sends_its_hints_by_celery(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(publisher, "publish", lambda task, **how: sent.append((task, how)))
    monkeypatch.setattr(hints, "waker", None)
    apps.get_app_config("fin_bridge").ready()
    hints.waker.after(0.5, slack=0)
    assert sent == [(tasks.drain, {"countdown": 0.5})]
