"""The drain: what is due is sent once, and what happened is written down."""

from __future__ import annotations

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from fin_bridge.events import breaker, claims, drain, in_flight, retry, settling, sweep
from fin_bridge.models import Attempt, ConversationState, Event, IntegrationState
from fin_bridge.signals import alarm_raised, event_failed, event_sent
from fin_bridge.signing import sign
from helpdesk_demo.models import Customer, Reply, Ticket
from tests.support.receiver import Receiver, status
from tests.support.world import Clock, make_ticket, use_fin

pytestmark = pytest.mark.django_db(transaction=True)

State = Event.State


@pytest.fixture(autouse=True)
def clock(stopped_clock: Clock) -> Clock:
    return stopped_clock


def change(ticket: Ticket) -> None:
    ticket.save()


def settle_and_drain(clock: Clock, seconds: float = 1) -> float | None:
    clock.advance(seconds)
    return drain.drain()


def states() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("state", flat=True))


def test_a_change_becomes_one_signed_post(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    change(ticket)
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
    change(ticket)
    assert drain.drain() == 0.5
    assert fin.requests == []


def test_a_hundred_saves_in_one_transaction_are_one_post(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    with transaction.atomic():
        for _ in range(100):
            change(ticket)
    settle_and_drain(clock)
    assert fin.conversations == [str(ticket.pk)]
    assert states().count(State.SENT) == 1
    assert states().count(State.MERGED) == 99
    assert Event.objects.values("claim").distinct().count() == 1


def test_a_rolled_back_save_is_no_post(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    with transaction.atomic():
        change(ticket)
        transaction.set_rollback(True)
    settle_and_drain(clock)
    assert fin.requests == []


def test_two_posts_of_one_conversation_are_a_second_apart(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    change(ticket)
    settle_and_drain(clock)
    change(ticket)
    look = settle_and_drain(clock, 0.6)
    assert len(fin.requests) == 1
    assert look is not None
    assert 0 < look <= 0.4
    settle_and_drain(clock, 0.5)
    assert len(fin.requests) == 2


def test_connections_are_kept(customer: Customer, fin: Receiver, clock: Clock) -> None:
    for _ in range(30):
        change(make_ticket(customer))
    settle_and_drain(clock)
    assert len(fin.requests) == 30
    assert fin.connections <= 10


def test_statements_do_not_grow_with_what_is_sent(
    customer: Customer, fin: Receiver, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    for _ in range(40):
        change(make_ticket(customer))
    clock.advance(1)
    with django_assert_max_num_queries(40 * 12):
        drain.drain()
    assert len(fin.requests) == 40


def test_a_failure_waits_and_is_tried_again(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    fin.replies.append(status(500, b"oops"))
    change(ticket)
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
    change(ticket)
    for _ in range(16):
        clock.advance(hours=30)
        drain.drain()
    event_failed.disconnect(dispatch_uid="told")
    assert states() == [State.FAILED]
    assert len(fin.requests) == 15
    assert [one["detail"] for one in told] == ["Fin answered 500."]


def test_news_of_a_conversation_in_backoff_wait_a_minute_at_most(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    fin.otherwise = status(500)
    change(ticket)
    for _ in range(6):
        clock.advance(hours=2)
        drain.drain()
    [waiting] = Event.objects.all()
    assert (waiting.due_at - clock.now).total_seconds() > 600
    fin.otherwise = status(204)
    change(ticket)
    settle_and_drain(clock)
    assert len(fin.requests) == 6
    settle_and_drain(clock, 61)
    assert sorted(states()) == [State.MERGED, State.SENT]


def test_what_is_claimed_together_fails_together(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    fin.otherwise = status(400)
    change(ticket)
    change(ticket)
    settle_and_drain(clock)
    assert states() == [State.WAITING, State.WAITING]
    settle_and_drain(clock, 10)
    assert states() == [State.FAILED, State.FAILED]
    fin.otherwise = status(204)
    change(ticket)
    settle_and_drain(clock, 2)
    assert states()[-1] == State.SENT


def test_fin_asking_to_wait_stops_the_whole_integration(
    customer: Customer, ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    fin.replies.append(status(429, Retry_After="120"))
    change(ticket)
    settle_and_drain(clock)
    other = make_ticket(customer)
    change(other)
    look = settle_and_drain(clock, 60)
    assert len(fin.requests) == 1
    assert look == 60
    assert Event.objects.filter(state=State.WAITING, attempts=0).count() == 2
    settle_and_drain(clock, 60)
    assert set(states()) == {State.SENT}


def test_the_second_key_is_tried(
    ticket: Ticket, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    use_fin(settings, fin.url, WEBHOOK_KEYS=["new", lambda: "old"])
    fin.replies.append(status(401))
    change(ticket)
    settle_and_drain(clock)
    assert [request.headers["X-Webhook-Key"] for request in fin.requests] == ["new", "old"]
    assert states() == [State.SENT]


def test_a_wrong_key_pauses_the_integration_and_probes(
    customer: Customer, ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    alarms: list[str] = []
    alarm_raised.connect(
        lambda reason, **_: alarms.append(reason), weak=False, dispatch_uid="alarms"
    )
    fin.otherwise = status(401)
    change(ticket)
    settle_and_drain(clock)
    for _ in range(3):
        change(make_ticket(customer))
        settle_and_drain(clock, 10)
    assert len(fin.requests) == 1
    clock.advance(60)
    assert drain.drain() == 60
    assert len(fin.requests) == 2
    assert alarms == ["unauthorized"]
    assert not Event.objects.exclude(state=State.WAITING, attempts=0).exists()
    fin.otherwise = status(204)
    clock.advance(60)
    drain.drain()
    clock.advance(1)
    drain.drain()
    alarm_raised.disconnect(dispatch_uid="alarms")
    assert set(states()) == {State.SENT}


def test_the_breaker_opens_probes_and_drains_at_a_rate(
    customer: Customer, fin: Receiver, clock: Clock
) -> None:
    fin.otherwise = status(503)
    tickets = [make_ticket(customer) for _ in range(20)]
    for one in tickets[:6]:
        change(one)
    settle_and_drain(clock)
    assert IntegrationState.objects.get().blocked == breaker.Block.UNAVAILABLE
    sent = len(fin.requests)
    for one in tickets:
        change(one)
    settle_and_drain(clock)
    assert len(fin.requests) == sent
    for wait in (5, 10, 20):
        settle_and_drain(clock, wait)
    assert len(fin.requests) == sent + 3

    fin.otherwise = status(204)
    settle_and_drain(clock, 60)
    state = IntegrationState.objects.get()
    assert (state.blocked, state.recovering) == ("", True)
    before = len(fin.requests)
    settle_and_drain(clock, 1)
    assert len(fin.requests) - before <= 5
    for _ in range(10):
        settle_and_drain(clock, 1)
    assert set(states()) == {State.SENT, State.MERGED}
    assert not IntegrationState.objects.get().recovering


def test_many_unknown_conversations_are_the_integrations_matter(
    customer: Customer, fin: Receiver, clock: Clock
) -> None:
    fin.otherwise = status(404)
    for _ in range(20):
        change(make_ticket(customer))
    settle_and_drain(clock)
    assert IntegrationState.objects.get().blocked == breaker.Block.NOT_FOUND


def test_a_paused_integration_sends_nothing(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    breaker.state_of("default")
    IntegrationState.objects.update(paused_at=clock.now)
    change(ticket)
    assert settle_and_drain(clock) is None
    assert fin.requests == []
    assert states() == [State.WAITING]


def test_nobody_there_is_a_failure_in_words(ticket: Ticket, clock: Clock) -> None:
    change(ticket)
    settle_and_drain(clock)
    assert Event.objects.get().detail == "No answer: connection."
    assert Attempt.objects.get().outcome == "connection"


def test_signals_tell_what_was_sent_and_a_broken_receiver_breaks_nothing(
    ticket: Ticket, fin: Receiver, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[dict[str, Any]] = []

    def broken(**about: Any) -> None:
        told.append(about)
        raise ZeroDivisionError

    event_sent.connect(broken, dispatch_uid="broken")
    change(ticket)
    settle_and_drain(clock)
    event_sent.disconnect(dispatch_uid="broken")
    assert told[0]["conversation_id"] == str(ticket.pk)
    assert told[0]["integration"] == "default"
    assert states() == [State.SENT]
    assert "receiver" in caplog.text


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
    change(first)
    change(second)
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


def drain_all(clock: Clock) -> None:
    """A busy machine needs more than one budget."""
    while settle_and_drain(clock) is not None:
        pass


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
                change(ticket)
                opened.set()
                drained.wait(5)
        finally:
            connection.close()

    fin.replies.append(status(answer))
    change(ticket)
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


def test_thousands_of_changes_of_a_conversation_are_one_post(fin: Receiver, clock: Clock) -> None:
    moments = dict.fromkeys(("created_at", "due_at"), clock.now)
    Event.objects.bulk_create(
        Event(integration="default", conversation_id="7", **moments) for _ in range(2500)
    )
    settle_and_drain(clock)
    assert fin.conversations == ["7"]
    assert states() == [State.MERGED] * 2499 + [State.SENT]


def test_what_is_cancelled_while_it_is_claimed_stays_so(
    customer: Customer, fin: Receiver, clock: Clock
) -> None:
    kept, cancelled = make_ticket(customer), make_ticket(customer)
    change(kept)
    change(cancelled)

    def cancel(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE fin_bridge_event SET state = 'sending'"):
            Event.objects.filter(conversation_id=str(cancelled.pk)).update(state=State.CANCELLED)
        return execute(sql, *rest)

    with connection.execute_wrapper(cancel):
        settle_and_drain(clock)
    assert fin.conversations == [str(kept.pk)]
    assert states() == [State.SENT, State.CANCELLED]
    assert not ConversationState.objects.exclude(token=None).exists()


def test_each_conversation_of_a_batch_was_posted_when_it_was(
    customer: Customer, clock: Clock
) -> None:
    """Else a pull after the first POST and before the second would count for both."""
    for _ in range(2):
        change(make_ticket(customer))
    clock.advance(1)
    pair = claims.claim("default", clock.now, 10)
    starts = [clock.now, clock.now + timedelta(seconds=12)]
    pulled_at = clock.now + timedelta(seconds=5)
    ConversationState.objects.update(pulled_at=pulled_at)
    settling.settle(
        [
            settling.Report(
                one,
                retry.Outcome.SENT,
                Attempt(
                    event_id=one.event_id,
                    integration="default",
                    conversation_id=one.conversation_id,
                    started_at=started_at,
                ),
            )
            for one, started_at in zip(pair, starts, strict=True)
        ],
        starts[1],
    )
    kept = [ConversationState.objects.get(conversation_id=one.conversation_id) for one in pair]
    assert [state.posted_at for state in kept] == starts
    assert [state.not_before for state in kept] == [
        started_at + timedelta(seconds=1) for started_at in starts
    ]
    events = Event.objects.in_bulk([one.event_id for one in pair])
    assert [events[one.event_id].pulled_at for one in pair] == [pulled_at, None]


# --- claims, leases, fences ---------------------------------------------------------------------


def test_a_claim_waits_for_no_disk(ticket: Ticket, clock: Clock) -> None:
    change(ticket)
    clock.advance(1)
    with CaptureQueriesContext(connection) as queries:
        claims.claim("default", clock.now, 10)
    said = [query["sql"] for query in queries]
    is_lazy = "SET LOCAL synchronous_commit = off" in said
    assert is_lazy is (connection.vendor == "postgresql")


def test_a_claim_is_taken_once(ticket: Ticket, clock: Clock) -> None:
    change(ticket)
    clock.advance(1)
    assert len(claims.claim("default", clock.now, 10)) == 1
    assert claims.claim("default", clock.now, 10) == []


def test_what_is_released_is_due_again(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    change(ticket)
    clock.advance(1)
    claims.release(claims.claim("default", clock.now, 10))
    drain.drain()
    assert states() == [State.SENT]


def test_a_dead_workers_events_are_taken_over(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    change(ticket)
    clock.advance(1)
    claims.claim("default", clock.now, 10)
    clock.advance(59)
    sweep.sweep()
    assert fin.requests == []
    clock.advance(10)
    sweep.sweep()
    assert states() == [State.SENT]
    assert [one.outcome for one in Attempt.objects.order_by("pk")] == ["lost", "sent"]
    assert Event.objects.get().attempts == 1


def test_a_zombies_settling_changes_nothing(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    change(ticket)
    clock.advance(1)
    [late] = claims.claim("default", clock.now, 10)
    clock.advance(61)
    sweep.sweep()
    assert states() == [State.SENT]
    change(ticket)
    attempt = Attempt(
        event_id=late.event_id,
        integration="default",
        conversation_id=late.conversation_id,
        started_at=clock.now,
        outcome="rejected",
    )
    settling.settle(
        [settling.Report(late, retry.Outcome.REJECTED, attempt, detail="late")], clock.now
    )
    assert states() == [State.SENT, State.WAITING]
    assert Attempt.objects.filter(outcome="rejected").exists()


def test_a_change_during_the_post_is_sent_anew(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    def change_meanwhile(handler: BaseHTTPRequestHandler) -> None:
        try:
            change(ticket)
        finally:
            connection.close()
        status(204)(handler)

    fin.replies.append(change_meanwhile)
    change(ticket)
    settle_and_drain(clock)
    assert states() == [State.SENT, State.WAITING]
    settle_and_drain(clock, 2)
    assert len(fin.requests) == 2


def test_concurrent_drains_send_once(customer: Customer, fin: Receiver, clock: Clock) -> None:
    tickets = [make_ticket(customer) for _ in range(30)]
    for one in tickets:
        change(one)
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


# --- the sweep ----------------------------------------------------------------------------------


def test_an_event_that_is_not_pulled_is_sent_again_twice(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    change(ticket)
    settle_and_drain(clock)
    ConversationState.objects.update(known_at=clock.now)
    sent = []
    for _ in range(100):
        clock.advance(minutes=1)
        sweep.sweep()
        sent.append(len(fin.requests))
    assert [sent[5], sent[7], sent[57], sent[62], sent[99]] == [1, 2, 2, 3, 3]
    assert set(Event.objects.values_list("cause", flat=True)[1:]) <= {
        "not pulled by Fin",
        f"helpdesk_demo.Ticket {ticket.pk} changed",
    }


def test_what_was_recorded_under_other_settings_is_found_by_the_sweep(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    change(ticket)
    Event.objects.update(integration="")  # as where there were two, or a scope
    settle_and_drain(clock)
    assert fin.requests == []
    sweep.sweep()
    assert fin.conversations == [str(ticket.pk)]


def test_events_of_an_integration_that_is_gone_are_cancelled(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    change(ticket)
    Event.objects.update(integration="former")
    clock.advance(10)
    sweep.sweep()
    event = Event.objects.get()
    assert (event.state, event.detail) == (State.CANCELLED, "The integration is gone.")


def test_one_process_sweeps_in_ten_seconds(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    assert sweep.is_overdue()
    sweep.sweep()
    assert not sweep.is_overdue()
    clock.advance(11)
    assert sweep.is_overdue()


def test_what_is_to_be_forgotten_is_found_by_an_index(clock: Clock) -> None:
    """Of ten million rows each sweep may look at a few."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # it scans tables that are as good as empty
            connection.cursor().execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as queries:
            sweep.prune(clock.now)
        [statement] = [one["sql"] for one in queries if "fin_bridge_event" in one["sql"]]
        with connection.cursor() as cursor:
            plain = "QUERY PLAN" if connection.vendor == "sqlite" else ""
            cursor.execute(f"EXPLAIN {plain} {statement.replace('%', '%%')}")
            plan = str(cursor.fetchall())
    assert plan.count("fin_event_created") >= 1, plan


def test_typing_is_forgotten_after_a_day(fin: Receiver, clock: Clock) -> None:
    for age in (timedelta(hours=25), timedelta(hours=23)):
        moment = clock.now - age
        moments = dict.fromkeys(("created_at", "due_at", "settled_at"), moment)
        for kind in Event.Kind.values:
            Event.objects.create(conversation_id="7", kind=kind, state=State.SENT, **moments)
    sweep.prune(clock.now)
    assert sorted(Event.objects.values_list("kind", flat=True)) == ["sync", "sync", "typing"]


def test_old_events_are_forgotten(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    change(ticket)
    settle_and_drain(clock)
    Reply.objects.create(ticket=ticket, body="waits for ever")
    Event.objects.filter(state=State.WAITING).update(integration="", due_at=clock.now)
    IntegrationState.objects.update(paused_at=clock.now)
    clock.advance(days=91)
    sweep.sweep()
    assert states() == [State.WAITING]
    assert not Attempt.objects.exists()
