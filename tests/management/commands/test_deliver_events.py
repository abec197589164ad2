"""Delivery by a loop that needs no broker."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import OperationalError
from pytest_django import Settings

from fin_bridge import notify
from fin_bridge.database import clock
from fin_bridge.events import breaker
from fin_bridge.management.commands import deliver_events
from fin_bridge.models import Event, IntegrationState
from helpdesk_demo.models import Customer, Ticket
from tests.support.receiver import Receiver, status
from tests.support.world import Clock, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)


def states() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def stop_when() -> Callable[[Callable[[], bool], int], None]:
    """Sends the signal to this process as soon as the condition holds."""

    def arm(condition: Callable[[], bool], number: int) -> None:
        def watch() -> None:
            pause = threading.Event()
            while not condition():
                pause.wait(0.01)
            os.kill(os.getpid(), number)

        threading.Thread(target=watch, daemon=True).start()

    return arm


def test_once_sends_what_is_due_and_ends(
    ticket: Ticket, fin: Receiver, stopped_clock: Clock
) -> None:
    for _ in range(3):
        notify(ticket)
    call_command("deliver_events", "--once")
    assert states() == ["waiting"] * 3  # not due before the changes have settled
    stopped_clock.advance(60)
    call_command("deliver_events", "--once")
    assert fin.conversations == [str(ticket.pk)]
    assert sorted(states()) == ["merged", "merged", "sent"]


def test_once_goes_on_while_something_is_due(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [0.0, 0.0, 4.0]
    monkeypatch.setattr(deliver_events, "drain", lambda: left.pop(0))
    monkeypatch.setattr(deliver_events, "sweep", lambda: 0.0)
    call_command("deliver_events", "--once")
    assert left == []


def test_once_goes_on_at_the_rate_after_an_outage(
    customer: Customer, fin: Receiver, settings: Settings
) -> None:
    settings.FIN_BRIDGE_SETTLE = 0
    breaker.read("default")
    IntegrationState.objects.update(recovering=True)
    for _ in range(12):
        notify(make_ticket(customer))
    call_command("deliver_events", "--once")
    assert states() == ["sent"] * 12


def test_once_leaves_what_waits_for_its_next_try(
    ticket: Ticket, fin: Receiver, stopped_clock: Clock
) -> None:
    fin.otherwise = status(500)
    notify(ticket)
    stopped_clock.advance(60)
    call_command("deliver_events", "--once")
    assert states() == ["waiting"]
    assert len(fin.requests) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_delivers_until_it_is_told_to_stop(
    ticket: Ticket,
    fin: Receiver,
    number: int,
    stop_when: Callable[[Callable[[], bool], int], None],
) -> None:
    before = signal.getsignal(number)
    notify(ticket)
    stop_when(lambda: bool(fin.requests), number)
    said = io.StringIO()
    call_command("deliver_events", stderr=said)
    assert states() == ["sent"]  # the POST under way was settled
    assert "Ctrl-C" in said.getvalue()
    assert signal.getsignal(number) is before


def test_it_sweeps_where_nobody_else_does(
    ticket: Ticket, fin: Receiver, stopped_clock: Clock
) -> None:
    assert deliver_events._look() <= deliver_events.POLL  # sweeps
    notify(ticket)
    stopped_clock.advance(2)
    assert deliver_events._look() <= deliver_events.POLL  # drains
    assert fin.conversations == [str(ticket.pk)]


def test_a_database_that_fails_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> bool:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(deliver_events, "is_overdue", fail)
    assert deliver_events._look() == deliver_events.RECOVERY
    assert "The database failed" in caplog.text


def test_it_says_what_was_sent(
    ticket: Ticket, fin: Receiver, stopped_clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("deliver_events", "--once")
    assert capsys.readouterr().out == ""
    for arguments in (["--once"], ["--once", "--json"]):
        notify(ticket)
        stopped_clock.advance(60)
        call_command("deliver_events", *arguments)
    line, report = capsys.readouterr().out.splitlines()
    assert line == "12:01:00  1 sent"
    assert json.loads(report) == {"at": "2026-11-22T12:02:00+00:00", "posts": {"sent": 1}}


def test_it_says_nothing_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    posts = deliver_events.Posts()

    def fail(using: str) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(clock, "now", fail)
    assert posts.since_last_time() == {}
