"""What seldom happens on the way of an event: another database, a pull in between."""

from __future__ import annotations

import io
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import OperationalError

from fin_bridge import tasks
from fin_bridge.broker import publisher
from fin_bridge.events import claims, client, drain, hints, outbox, routing, sweep
from fin_bridge.events.in_flight import Flights
from fin_bridge.models import ConversationState, Event
from helpdesk_demo.models import Ticket
from tests.support.receiver import Receiver, status
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_change_in_another_database_is_recorded_after_its_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "database", lambda: "elsewhere")
    with transaction.atomic():
        outbox.record("c", "changed", "default")
        assert not Event.objects.exists()
        monkeypatch.undo()
        monkeypatch.setattr(outbox, "database", lambda: "default")
    assert Event.objects.get().conversation_id == "c"


def test_a_pull_before_the_answer_is_written_down_counts(
    ticket: Ticket, fin: Receiver, stopped_clock: Clock
) -> None:
    def pull(handler: BaseHTTPRequestHandler) -> None:
        try:
            ConversationState.objects.update(pulled_at=stopped_clock.now)
        finally:
            connection.close()
        status(204)(handler)

    fin.replies.append(pull)
    ticket.save()
    stopped_clock.advance(1)
    drain.drain()
    # The clock stands while the POST does not: it began a little before it.
    assert Event.objects.get().pulled_at == stopped_clock.now


def test_a_hint_goes_by_celery(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(publisher, "publish", lambda task, **how: sent.append((task, how)))
    hints._send(0.5)
    assert sent == [(tasks.drain, {"countdown": 0.5})]


def test_a_database_that_fails_is_no_fault_of_the_helpdesks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> Any:
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        sweep._do(fail, Clock(monkeypatch).now)
    monkeypatch.setattr(routing, "_ask", fail)
    with pytest.raises(OperationalError):
        routing._owners({"c"})


def test_more_than_a_batch_is_routed(monkeypatch: pytest.MonkeyPatch, ticket: Ticket) -> None:
    monkeypatch.setattr(routing, "BATCH", 1)
    for _ in range(2):
        ticket.save()
    Event.objects.update(integration="")
    routing.route()
    assert set(Event.objects.values_list("integration", flat=True)) == {"default"}


def test_nothing_is_read_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client._local, "expires", time.monotonic() - 1)
    with pytest.raises(TimeoutError):
        client._DeadlineReader(Any).readinto(bytearray(1))  # type: ignore[arg-type]  # unread


@pytest.mark.parametrize("is_known", [True, False])
def test_a_conversation_whose_events_another_drain_has_sent_is_left_free(
    is_known: bool, stopped_clock: Clock
) -> None:
    if is_known:
        ConversationState.objects.create(integration="default", conversation_id="c")
    lease = claims._Lease(uuid4(), 10**18)
    locked = claims._locked("default", ["c"], lease)
    assert claims._take("default", locked, lease, stopped_clock.now, False) == []
    state = ConversationState.objects.get()
    assert (state.token, state.lease_until) == (None, None)


def test_a_conversation_whose_row_another_drain_has_just_made_is_claimed_beside_a_new_one(
    stopped_clock: Clock,
) -> None:
    Event.objects.bulk_create(
        Event(
            integration="default",
            conversation_id=name,
            created_at=stopped_clock.now,
            due_at=stopped_clock.now,
        )
        for name in ("made", "new")
    )

    to_make = ["made"]

    def make_one(execute: Any, statement: str, *rest: Any) -> Any:
        if statement.startswith("INSERT") and to_make:
            ConversationState.objects.create(integration="default", conversation_id=to_make.pop())
        return execute(statement, *rest)

    with connection.execute_wrapper(make_one):
        claimed = claims.claim("default", stopped_clock.now, 20)
    assert {one.conversation_id for one in claimed} == {"made", "new"}
    [token] = {one.token for one in claimed}
    assert ConversationState.objects.filter(token=token).count() == 2


def test_what_fin_has_answered_is_written_down_though_the_drain_fails(
    ticket: Ticket, fin: Receiver, stopped_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        arrived.set()
        status(204)(handler)

    def fail_once_it_is_there(flights: Any, timeout: float | None = None) -> Any:
        if timeout is not None:
            arrived.wait(10)
            raise OperationalError("gone")
        return land(flights)

    fin.replies.append(answer)
    land = Flights.land
    monkeypatch.setattr(Flights, "land", fail_once_it_is_there)
    ticket.save()
    stopped_clock.advance(1)
    with pytest.raises(OperationalError):
        drain.drain()
    assert Event.objects.get().state == Event.State.SENT


def test_the_doctor_says_what_helps() -> None:
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("fin_doctor", stdout=said)
    assert "✗" in said.getvalue()
