"""The drain: what is due is sent once, and what happened is written down."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError
from pytest_django import Settings

from fin_bridge.events import (
    drain,
    in_flight,
)
from fin_bridge.events.claims import Claim, claim
from fin_bridge.events.in_flight import InFlight
from fin_bridge.models import Attempt, ConversationState, Event
from fin_bridge.signals import event_failed
from fin_bridge.signing import sign
from helpdesk_demo.models import Customer, Ticket
from tests.support.draining import State, drain_all, settle_and_drain, states
from tests.support.receiver import Receiver, status
from tests.support.world import Clock, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_a_change_becomes_one_signed_post(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    ticket.save()
    assert settle_and_drain(clock) is None

    [request] = fin.requests
    assert request.path == "/custom_helpdesk_conversation_event/integration-1"
    assert request.body == {"conversation_id": str(ticket.pk)}
    assert request.headers["X-Webhook-Key"] == "webhook-key"
    timestamp = int(request.headers["X-Webhook-Timestamp"])
    assert timestamp == int(clock.now.timestamp())
    assert request.headers["X-Webhook-Signature"] == sign("webhook-key", timestamp, request.raw)
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Accept-Encoding"] == "identity"

    event = Event.objects.get()
    assert (event.state, event.attempts, event.settled_at) == (State.SENT, 1, clock.now)
    attempt = Attempt.objects.get()
    assert (attempt.event, attempt.status, attempt.outcome) == (event, 204, "sent")
    assert "webhook-key" not in str(attempt.request_headers)


def test_nothing_is_sent_before_it_has_settled(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    ticket.save()
    assert drain.drain() == 0.5
    assert fin.requests == []


def test_a_hundred_saves_in_one_transaction_are_one_post(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    with transaction.atomic():
        for _ in range(100):
            ticket.save()
    settle_and_drain(clock)
    assert fin.conversations == [str(ticket.pk)]
    assert states().count(State.SENT) == 1
    assert states().count(State.MERGED) == 99
    assert Event.objects.values("claim").distinct().count() == 1


def test_two_posts_of_one_conversation_are_a_second_apart(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    ticket.save()
    settle_and_drain(clock)
    ticket.save()
    look = settle_and_drain(clock, 0.6)
    assert len(fin.requests) == 1
    assert look is not None
    assert 0 < look <= 0.4
    settle_and_drain(clock, 0.5)
    assert len(fin.requests) == 2


def test_connections_are_kept(customer: Customer, fin: Receiver, clock: Clock) -> None:
    for _ in range(30):
        make_ticket(customer).save()
    settle_and_drain(clock)
    assert len(fin.requests) == 30
    assert fin.connections <= 10


def test_statements_do_not_grow_with_what_is_sent(
    customer: Customer, fin: Receiver, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    for _ in range(40):
        make_ticket(customer).save()
    clock.advance(1)
    with django_assert_max_num_queries(40 * 12):
        drain.drain()
    assert len(fin.requests) == 40


def test_a_failure_waits_and_is_tried_again(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    fin.replies.append(status(500, b"oops"))
    ticket.save()
    settle_and_drain(clock)
    event = Event.objects.get()
    assert (event.state, event.attempts) == (State.WAITING, 1)
    assert event.detail == "Fin answered 500."
    assert 0.8 <= (event.due_at - clock.now).total_seconds() <= 1.2
    settle_and_drain(clock, 1.3)
    assert states() == [State.SENT]
    assert [(one.status, one.answer) for one in Attempt.objects.order_by("pk")] == [
        (500, "oops"),
        (204, ""),
    ]
    assert ConversationState.objects.get().attempts == 0


def test_the_budget_ends(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    fin.otherwise = status(500)
    told: list[dict[str, Any]] = []
    event_failed.connect(lambda **about: told.append(about), weak=False, dispatch_uid="told")
    ticket.save()
    for _ in range(16):
        clock.advance(hours=30)
        drain.drain()
    event_failed.disconnect(dispatch_uid="told")
    assert states() == [State.FAILED]
    assert len(fin.requests) == 15
    assert [one["detail"] for one in told] == ["Fin answered 500."]


def test_what_no_thread_has_begun_when_the_budget_ends_is_given_back(
    customer: Customer, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    settings.FIN_BRIDGE_IN_FLIGHT = 1
    first, second = make_ticket(customer), make_ticket(customer)

    def hold(handler: BaseHTTPRequestHandler) -> None:
        """Until the other one waits again."""
        pause = threading.Event()
        try:
            for _ in range(500):
                if Event.objects.filter(state=State.WAITING).exists():
                    break
                pause.wait(0.02)
        finally:
            connection.close()
        status(204)(handler)

    fin.replies.append(hold)
    first.save()
    second.save()
    clock.advance(1)
    while not fin.requests:  # on a busy machine a budget may end before anything is claimed
        drain.drain(budget=0.9)
    assert fin.conversations in ([str(first.pk)], [str(second.pk)])
    assert sorted(states()) == [State.SENT, State.WAITING]
    assert not ConversationState.objects.exclude(token=None).exists()


def test_threads_have_enough_to_send_while_answers_are_written_down(
    fin: Receiver, clock: Clock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else they would stand idle every time, since they are quicker than the database."""
    settings.FIN_BRIDGE_IN_FLIGHT = 1
    monkeypatch.setattr(drain, "FORESIGHT", 10**9)
    monkeypatch.setattr(in_flight, "GATHERING", 60.0)
    moment = clock.now
    Event.objects.bulk_create(
        Event(
            integration="default",
            conversation_id=str(number),
            cause="a change",
            created_at=moment,
            due_at=moment,
        )
        for number in range(300)
    )
    under_way: list[int] = []

    def note(execute: Any, sql: str, values: Any, *rest: Any) -> Any:
        result = execute(sql, values, *rest)
        if sql.startswith("INSERT INTO fin_bridge_attempt") and (
            sql.count("), (") + 1 == in_flight.GATHERED and State.WAITING in states()
        ):
            under_way.append(states().count(State.SENDING))
        return result

    with connection.execute_wrapper(note):
        drain_all(clock)
    assert states() == [State.SENT] * 300
    assert len(under_way) >= 2
    assert min(under_way) > 1 + drain.AHEAD // 2


def test_thousands_of_changes_of_a_conversation_are_one_post(fin: Receiver, clock: Clock) -> None:
    moments = dict.fromkeys(("created_at", "due_at"), clock.now)
    Event.objects.bulk_create(
        Event(integration="default", conversation_id="7", **moments) for _ in range(2500)
    )
    settle_and_drain(clock)
    assert fin.conversations == ["7"]
    assert states() == [State.MERGED] * 2499 + [State.SENT]


def test_a_change_during_the_post_is_sent_anew(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    def change_meanwhile(handler: BaseHTTPRequestHandler) -> None:
        try:
            ticket.save()
        finally:
            connection.close()
        status(204)(handler)

    fin.replies.append(change_meanwhile)
    ticket.save()
    settle_and_drain(clock)
    assert states() == [State.SENT, State.WAITING]
    settle_and_drain(clock, 2)
    assert len(fin.requests) == 2


def test_what_fin_has_answered_is_written_down_though_the_drain_fails(
    ticket: Ticket, fin: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        arrived.set()
        status(204)(handler)

    def fail_once_it_is_there(posts: Any, timeout: float | None = None) -> Any:
        if timeout is not None:
            arrived.wait(10)
            raise OperationalError("gone")
        return collect(posts)

    fin.replies.append(answer)
    collect = InFlight.collect
    monkeypatch.setattr(InFlight, "collect", fail_once_it_is_there)
    ticket.save()
    clock.advance(1)
    with pytest.raises(OperationalError):
        drain.drain()
    assert Event.objects.get().state == Event.State.SENT


def test_answers_on_their_way_are_written_down_when_the_next_claim_fails(
    customer: Customer, fin: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
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

    monkeypatch.setattr("fin_bridge.database.connection.PAUSES", (0.0,))
    monkeypatch.setattr(drain, "claim", lambda *args, probe: fails_the_second_time(*args))
    fin.replies.append(held)
    for _ in range(2):
        make_ticket(customer).save()
    clock.advance(1)
    with pytest.raises(OperationalError):
        drain.drain()
    assert set(Event.objects.values_list("state", flat=True)) == {Event.State.SENT}
    assert len(fin.requests) == 2
