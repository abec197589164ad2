"""Writing down what has happened, whatever the database does for a moment."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from fin_bridge.events import drain
from fin_bridge.events.claims import Claim, claim
from fin_bridge.events.durable import PAUSES, insist
from fin_bridge.models import Event
from helpdesk_demo.models import Customer
from tests.support.receiver import Receiver, status
from tests.support.world import Clock, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_it_is_tried_again(error: type[Exception]) -> None:
    failures: list[Exception] = [error("away")]

    def write() -> str:
        if failures:
            raise failures.pop()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'written'")
            return str(cursor.fetchone()[0])

    assert insist(write) == "written"


def test_a_mistake_is_not_tried_again() -> None:
    tries = []

    def write() -> None:
        tries.append(1)
        raise IntegrityError

    with pytest.raises(IntegrityError):
        insist(write)
    assert len(tries) == 1


def test_what_stays_away_is_said_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fin_bridge.events.durable.PAUSES", (0.0,) * len(PAUSES))
    tries = []

    def write() -> None:
        tries.append(1)
        raise OperationalError

    with pytest.raises(OperationalError):
        insist(write)
    assert len(tries) == len(PAUSES) + 1


def test_answers_on_their_way_are_written_down_when_the_next_claim_fails(
    customer: Customer, fin: Receiver, stopped_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()
    first = iter([claim])

    def fails_the_second_time(*arguments: Any) -> list[Claim]:
        for once in first:
            return once(*arguments[:3])
        failed.set()
        raise OperationalError

    def held(handler: BaseHTTPRequestHandler) -> None:
        failed.wait(10)
        status(204)(handler)

    monkeypatch.setattr("fin_bridge.events.durable.PAUSES", (0.0,))
    monkeypatch.setattr(drain, "claim", lambda *args, probe: fails_the_second_time(*args))
    fin.replies.append(held)
    for _ in range(2):
        make_ticket(customer).save()
    stopped_clock.advance(1)
    with pytest.raises(OperationalError):
        drain.drain()
    assert set(Event.objects.values_list("state", flat=True)) == {Event.State.SENT}
    assert len(fin.requests) == 2
