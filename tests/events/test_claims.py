"""Claims: what is due is taken once, by its conversation."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fin_bridge.events import (
    claims,
    drain,
)
from fin_bridge.models import ConversationState, Event
from helpdesk_demo.models import Customer, Ticket
from tests.support.draining import State, settle_and_drain, states
from tests.support.receiver import Receiver, status
from tests.support.world import Clock, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_a_claim_is_taken_once(ticket: Ticket, clock: Clock) -> None:
    ticket.save()
    clock.advance(1)
    assert len(claims.claim("default", clock.now, 10)) == 1
    assert claims.claim("default", clock.now, 10) == []


def test_a_claim_waits_for_no_disk(ticket: Ticket, clock: Clock) -> None:
    ticket.save()
    clock.advance(1)
    with CaptureQueriesContext(connection) as queries:
        claims.claim("default", clock.now, 10)
    said = [query["sql"] for query in queries]
    is_lazy = "SET LOCAL synchronous_commit = off" in said
    assert is_lazy is (connection.vendor == "postgresql")


def test_what_is_released_is_due_again(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    ticket.save()
    clock.advance(1)
    claims.release(claims.claim("default", clock.now, 10))
    drain.drain()
    assert states() == [State.SENT]


def test_what_is_cancelled_while_it_is_claimed_stays_so(
    customer: Customer, fin: Receiver, clock: Clock
) -> None:
    kept, cancelled = make_ticket(customer), make_ticket(customer)
    kept.save()
    cancelled.save()

    def cancel(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE fin_bridge_event SET state = 'sending'"):
            Event.objects.filter(conversation_id=str(cancelled.pk)).update(state=State.CANCELLED)
        return execute(sql, *rest)

    with connection.execute_wrapper(cancel):
        settle_and_drain(clock)
    assert fin.conversations == [str(kept.pk)]
    assert states() == [State.SENT, State.CANCELLED]
    assert not ConversationState.objects.exclude(token=None).exists()


def test_news_of_a_conversation_in_backoff_wait_a_minute_at_most(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    fin.otherwise = status(500)
    ticket.save()
    for _ in range(6):
        clock.advance(hours=2)
        drain.drain()
    [waiting] = Event.objects.all()
    assert (waiting.due_at - clock.now).total_seconds() > 600
    fin.otherwise = status(204)
    ticket.save()
    settle_and_drain(clock)
    assert len(fin.requests) == 6
    settle_and_drain(clock, 61)
    assert sorted(states()) == [State.MERGED, State.SENT]


@pytest.mark.parametrize("is_known", [True, False])
def test_a_conversation_whose_events_another_drain_has_sent_is_left_free(
    is_known: bool, clock: Clock
) -> None:
    if is_known:
        ConversationState.objects.create(integration="default", conversation_id="c")
    lease = claims._Lease(uuid4(), 10**18)
    locked = claims._locked("default", ["c"], lease)
    assert claims._take("default", locked, lease, clock.now, False) == []
    state = ConversationState.objects.get()
    assert (state.token, state.lease_until) == (None, None)


def test_a_conversation_whose_row_another_drain_has_just_made_is_claimed_beside_a_new_one(
    clock: Clock,
) -> None:
    Event.objects.bulk_create(
        Event(
            integration="default",
            conversation_id=name,
            created_at=clock.now,
            due_at=clock.now,
        )
        for name in ("made", "new")
    )

    to_make = ["made"]

    def make_one(execute: Any, statement: str, *rest: Any) -> Any:
        if statement.startswith("INSERT") and to_make:
            ConversationState.objects.create(integration="default", conversation_id=to_make.pop())
        return execute(statement, *rest)

    with connection.execute_wrapper(make_one):
        claimed = claims.claim("default", clock.now, 20)
    assert {one.conversation_id for one in claimed} == {"made", "new"}
    [token] = {one.token for one in claimed}
    assert ConversationState.objects.filter(token=token).count() == 2


def test_concurrent_drains_send_once(customer: Customer, fin: Receiver, clock: Clock) -> None:
    tickets = [make_ticket(customer) for _ in range(30)]
    for one in tickets:
        one.save()
    clock.advance(1)

    def drain_alone() -> None:
        try:
            drain.drain()
        finally:
            connection.close()

    threads = [threading.Thread(target=drain_alone) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.advance(5)
    drain.drain()
    assert sorted(fin.conversations) == sorted(str(one.pk) for one in tickets)
    assert set(states()) == {State.SENT}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="it has one writer at a time")
@pytest.mark.parametrize(("answer", "becomes"), [(204, State.SENT), (500, State.WAITING)])
def test_a_long_transaction_of_the_hosts_holds_up_no_drain(
    ticket: Ticket, fin: Receiver, clock: Clock, answer: int, becomes: str
) -> None:
    """MariaDB and MySQL lock all that a statement looks at, and wait for what others add there."""
    opened, drained = threading.Event(), threading.Event()

    def change_slowly() -> None:
        try:
            with transaction.atomic():
                ticket.save()
                opened.set()
                drained.wait(5)
        finally:
            connection.close()

    fin.replies.append(status(answer))
    ticket.save()
    moments = dict.fromkeys(("created_at", "due_at", "settled_at"), clock.now)
    Event.objects.bulk_create(  # of a table of two rows no index is worth its while
        Event(integration="default", conversation_id=f"no {number}", state=State.SENT, **moments)
        for number in range(1000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" + " TABLE fin_bridge_event" * (connection.vendor == "mysql"))
    host = threading.Thread(target=change_slowly)
    host.start()
    opened.wait()
    settle_and_drain(clock)
    was_held_up = not host.is_alive()
    drained.set()
    host.join()
    assert not was_held_up
    theirs = Event.objects.filter(conversation_id=str(ticket.pk)).order_by("pk")
    assert list(theirs.values_list("state", flat=True)) == [becomes, State.WAITING]
