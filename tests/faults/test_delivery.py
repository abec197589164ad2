"""FAULTS, the outbound half: what Fin, the settings and the helpdesk's own code may do to us."""

from __future__ import annotations

import gzip
import logging
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from pytest_django import Settings

from fin_bridge.database import connection as database_connection
from fin_bridge.events import breaker, claims, drain, hints, settling, sweep
from fin_bridge.events.client import Limits, post
from fin_bridge.events.posting import Exchange
from fin_bridge.events.retry import Outcome
from fin_bridge.models import Attempt, ConversationState, Event, FinCall, IntegrationState
from helpdesk_demo.fin import Tickets
from helpdesk_demo.models import Customer, Reply, Ticket
from tests.support.receiver import Receiver, receiving, status
from tests.support.world import Clock, make_ticket, use_fin
from tests.test_tasks import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

State = Event.State


@pytest.fixture(autouse=True)
def clock(stopped_clock: Clock) -> Clock:
    return stopped_clock


def states() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("state", flat=True))


def drain_after(clock: Clock, seconds: float = 1) -> None:
    clock.advance(seconds)
    drain.drain()


# --- what Fin answers ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", [429, 401, 503])
def test_what_has_not_left_yet_stays_when_the_gate_shuts(
    customer: Customer, fin: Receiver, clock: Clock, code: int
) -> None:
    """FAULTS 20, 21, 30: of those that were claimed with it, no more leave."""
    never = threading.Event()

    def refuse(handler: BaseHTTPRequestHandler) -> None:
        never.wait(1)
        status(code)(handler)

    fin.replies.extend([status(code)] * 5)  # so many open the breaker, one shuts the other gates
    fin.otherwise = refuse
    for _ in range(20):
        make_ticket(customer).save()
    drain_after(clock)
    assert len(fin.requests) <= 15  # ten threads, and those of the five begin a second
    assert set(states()) == {State.WAITING}
    assert not ConversationState.objects.exclude(token=None).exists()


def test_one_that_fin_keeps_waiting_holds_up_no_other(
    customer: Customer, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    """FAULTS 22: cut by the wall clock; the other conversations flow."""
    settings.FIN_BRIDGE_DEADLINE = 3
    done = threading.Event()

    def hang(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        done.wait(10)

    fin.replies.append(hang)
    for _ in range(20):
        make_ticket(customer).save()
    clock.advance(1)
    drain.drain(budget=30)
    done.set()
    assert sorted(states()) == [State.SENT] * 19 + [State.WAITING]
    assert Event.objects.get(state=State.WAITING).detail == "No answer: timeout."


def test_a_compressed_bomb_is_not_unpacked() -> None:
    """FAULTS 23: the answer is read as it comes, up to 16 KiB."""
    bomb = gzip.compress(b"\0" * 1_000_000)
    with receiving() as receiver:
        receiver.replies.append(status(200, bomb, Content_Encoding="gzip"))
        answer = post(receiver.url, b"{}", {}, Limits())
    assert answer.status == 200
    assert len(answer.body) <= 16 * 1024
    assert answer.body.startswith("\x1f")  # as it was packed


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_is_a_failure_and_the_key_stays_here(
    ticket: Ticket, fin: Receiver, clock: Clock, code: int
) -> None:
    """FAULTS 27."""
    with receiving() as elsewhere:
        fin.replies.append(status(code, Location=elsewhere.url))
        ticket.save()
        drain_after(clock)
        assert elsewhere.requests == []
    assert Event.objects.get().detail == f"Fin answered {code}."
    drain_after(clock, 2)
    assert states() == [State.SENT]


def test_a_captive_portals_page_is_no_success(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    """FAULTS 28."""
    fin.replies.append(status(200, b"<html>Log in</html>", Content_Type="text/html"))
    ticket.save()
    drain_after(clock)
    assert states() == [State.WAITING]


def test_an_unknown_conversation_is_tried_six_times_over_an_hour(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    """FAULTS 32: Fin may still be creating it."""
    fin.otherwise = status(404)
    ticket.save()
    for _ in range(80):
        drain_after(clock, 60)
    assert len(fin.requests) == 7
    assert states() == [State.FAILED]
    assert Event.objects.get().detail == "Fin answered 404."


@pytest.mark.parametrize(("code", "conversations"), [(503, 2), (404, 5)])
def test_a_day_of_probes_fails_nothing(
    customer: Customer, fin: Receiver, clock: Clock, code: int, conversations: int
) -> None:
    """FAULTS 20 and 32: Fin's answer to a probe is no matter of its conversation."""
    fin.otherwise = status(code)
    tickets = [make_ticket(customer) for _ in range(conversations)]
    for one in tickets:
        one.save()
    drain_after(clock)
    while not breaker.read("default").state.blocked:
        drain_after(clock, 60)
    spent = attempts()
    fin.requests.clear()
    for _ in range(48):
        drain_after(clock, 1800)
    assert states() == [State.WAITING] * conversations
    assert attempts() == spent
    assert set(fin.conversations) == {str(one.pk) for one in tickets}  # each had its turn

    fin.otherwise = status(204)
    drain_after(clock, 60)
    for _ in range(3):
        drain_after(clock)
    assert states() == [State.SENT] * conversations


def attempts() -> list[int]:
    return list(ConversationState.objects.order_by("pk").values_list("attempts", flat=True))


def test_a_probe_that_fails_after_fin_is_back_costs_a_minute(
    customer: Customer, fin: Receiver, clock: Clock
) -> None:
    """FAULTS 20 and 22: the next probe may open the gate while one is under way."""
    fin.otherwise = status(503)
    for _ in range(2):
        make_ticket(customer).save()
    for _ in range(5):
        drain_after(clock, 20)
    is_held, is_over = threading.Event(), threading.Event()

    def hold(handler: BaseHTTPRequestHandler) -> None:
        is_held.set()
        is_over.wait(10)
        status(503)(handler)

    def probe() -> None:
        drain.drain()
        connection.close()

    fin.replies.append(hold)
    clock.advance(60)
    slow = threading.Thread(target=probe)
    slow.start()
    assert is_held.wait(10)
    fin.otherwise = status(204)
    drain_after(clock, 60)
    is_over.set()
    slow.join()
    assert sorted(states()) == [State.SENT, State.WAITING]
    drain_after(clock, 60)
    assert states() == [State.SENT, State.SENT]


@pytest.mark.parametrize(("code", "tries"), [(400, 2), (404, 7)])
def test_a_refusal_after_an_outage_gets_its_own_tries(
    ticket: Ticket, fin: Receiver, clock: Clock, code: int, tries: int
) -> None:
    """FAULTS 29 and 32: however often Fin was not there before, and for each change anew."""
    for sent in range(1, 3):
        fin.replies.extend([status(503)] * 4)
        fin.otherwise = status(code)
        ticket.save()
        for _ in range(120):
            drain_after(clock, 60)
        assert len(fin.requests) == (4 + tries) * sent
        assert states() == [State.FAILED] * sent


def test_a_conversation_that_was_deleted_meanwhile_is_still_told(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    """FAULTS 33: Fin's pull gets its 404; the evidence stays."""
    pk = str(ticket.pk)
    ticket.save()
    ticket.delete()
    drain_after(clock)
    assert fin.conversations == [pk]
    assert states() == [State.MERGED, State.SENT]


def test_an_import_is_one_post_a_second(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    """FAULTS 34: a loop of saves over ten seconds, and the last POST after the last of them."""
    for _ in range(100):
        Reply.objects.create(ticket=ticket, body="imported")
        clock.advance(0.1)
        drain.drain()
    before_the_last = len(fin.requests)
    for _ in range(3):
        drain_after(clock, 1)
    # A POST counts from its start by this process's clock, so that slow ones come a bit early.
    assert before_the_last <= 20
    assert before_the_last < len(fin.requests) <= 22
    assert set(states()) == {State.SENT, State.MERGED}


def test_a_zombie_does_not_free_what_another_has_claimed(ticket: Ticket, clock: Clock) -> None:
    """FAULTS 65: else a third would claim it, and two POSTs of one conversation would fly."""
    ticket.save()
    clock.advance(1)
    [late] = claims.claim("default", clock.now, 1)
    clock.advance(61)
    sweep.take_over(clock.now)
    [present] = claims.claim("default", clock.now, 1)
    for outcome, wait in ((Outcome.SENT, None), (Outcome.UNAVAILABLE, timedelta(0))):
        exchange = Exchange(clock.now, outcome=outcome)
        settling.settle([settling.Report(late, outcome, exchange, wait)], clock.now)
        assert ConversationState.objects.get().token == present.token
    ticket.save()
    clock.advance(2)
    assert claims.claim("default", clock.now, 1) == []


def test_what_the_lease_no_longer_covers_does_not_leave(
    ticket: Ticket, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    """A POST starts only if its lease covers it: here none does, and the claim is given back."""
    settings.FIN_BRIDGE_LEASE, settings.FIN_BRIDGE_DEADLINE = 3, 2.5
    ticket.save()
    drain_after(clock)
    assert fin.requests == []
    assert states() == [State.WAITING]
    assert ConversationState.objects.get().token is None


def test_an_error_after_the_commit_is_not_the_saves(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A save that has been committed must not seem to have failed: it would be made again."""

    def fail(seconds: float) -> None:
        raise KeyError("a thread's end, say")

    waker = hints.Waker(fail)
    monkeypatch.setattr(waker.failure, "start", lambda: 1 / 0)  # what nobody foresaw
    monkeypatch.setattr(hints, "waker", waker)
    ticket.save()
    assert states() == [State.WAITING]
    assert "ZeroDivisionError" in caplog.text


# --- keys and settings --------------------------------------------------------------------------


def test_a_key_is_rotated_while_events_wait(
    customer: Customer, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    """FAULTS 31: a key given as a callable is read at each drain."""
    keys = ["old"]
    use_fin(settings, fin.url, WEBHOOK_KEYS=[lambda: keys[0]])
    for _ in range(50):
        make_ticket(customer).save()
    fin.otherwise = status(401)
    drain_after(clock)
    keys[0], fin.otherwise = "new", status(204)
    arrived = len(fin.requests)
    for _ in range(20):
        drain_after(clock, 60)
    assert states() == [State.SENT] * 50
    assert {one.headers["X-Webhook-Key"] for one in fin.requests[arrived:]} == {"new"}


def test_a_key_that_cannot_be_read_is_a_failure_in_words(
    ticket: Ticket, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    """A vault that is away: nothing is stuck in a lease, and nothing leaves unsigned."""

    def broken() -> str:
        raise ConnectionError("the vault is away")

    use_fin(settings, fin.url, WEBHOOK_KEYS=[broken])
    ticket.save()
    drain_after(clock)
    assert fin.requests == []
    event = Event.objects.get()
    assert (event.state, event.detail) == (State.WAITING, "No answer: configuration.")
    use_fin(settings, fin.url, WEBHOOK_KEYS=["webhook-key"])
    drain_after(clock, 2)
    assert states() == [State.SENT]


def test_a_second_key_is_not_tried_when_the_lease_is_nearly_over(
    ticket: Ticket, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    """A POST starts only if its lease covers it, the one with the other key too."""
    settings.FIN_BRIDGE_LEASE, settings.FIN_BRIDGE_DEADLINE = 3, 1  # none starts after 1 s
    use_fin(settings, fin.url, WEBHOOK_KEYS=["new", "old"])
    late = threading.Event()

    def refuse_late(handler: BaseHTTPRequestHandler) -> None:
        late.wait(0.9)
        status(401)(handler)

    def stall(handler: BaseHTTPRequestHandler) -> None:
        late.wait(0.5)
        refuse_late(handler)

    settings.FIN_BRIDGE_DEADLINE = 1.5  # none starts after 0.5 s
    fin.replies.append(stall)
    ticket.save()
    drain_after(clock)
    assert [one.headers["X-Webhook-Key"] for one in fin.requests] == ["new"]


def test_integrations_do_not_share_their_fate(
    customer: Customer, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    """FAULTS 67: one is down, paused and gone; the other does not notice."""
    with receiving() as other_fin:
        both = dict(settings.FIN_BRIDGE_INTEGRATIONS)
        both["other"] = {**both["default"], "ID": "integration-2", "EVENTS_URL": other_fin.url}
        settings.FIN_BRIDGE_INTEGRATIONS = both
        fin.otherwise = status(503)
        for number in range(20):
            make_ticket(customer).save()
            name = "other" if number % 2 else "default"
            Event.objects.filter(integration="").update(integration=name)
        drain_after(clock)
        assert len(other_fin.requests) == 10
        assert {one.path.rpartition("/")[2] for one in other_fin.requests} == {"integration-2"}
        assert breaker.read("default").state.blocked == breaker.Block.UNAVAILABLE
        assert breaker.read("other").state.blocked == ""
        del settings.FIN_BRIDGE_INTEGRATIONS["default"]
        clock.advance(10)
        sweep.sweep()
    cancelled = Event.objects.filter(integration="default")
    assert set(cancelled.values_list("state", "detail")) == {
        (State.CANCELLED, "The integration is gone.")
    }


@pytest.mark.parametrize("code", [429, 401, 503])
def test_what_is_refused_amid_a_backlog_calls_back_what_has_not_left(
    customer: Customer, fin: Receiver, clock: Clock, code: int
) -> None:
    """FAULTS 20, 21 and 30: not even while it is written down that Fin wants no more."""
    for _ in range(220):
        make_ticket(customer).save()
    fin.replies.extend([status(204)] * 120)  # by then a hundred are claimed ahead
    fin.otherwise = status(code)
    clock.advance(1)
    drain.drain(budget=20)
    assert 120 < len(fin.requests) <= 140  # ten are in flight
    assert states().count(State.SENDING) == 0


def test_what_a_slow_fin_keeps_waiting_is_left_to_others(
    customer: Customer, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    settings.FIN_BRIDGE_IN_FLIGHT = 2
    answers = threading.Event()

    def hold(handler: BaseHTTPRequestHandler) -> None:
        answers.wait(10)
        status(204)(handler)

    def drain_alone() -> None:
        drain.drain(budget=10)
        connection.close()

    for _ in range(20):
        make_ticket(customer).save()
    fin.otherwise = hold
    clock.advance(1)
    slow = threading.Thread(target=drain_alone)
    slow.start()
    wait_for(lambda: len(fin.requests) == 2)
    assert (states().count(State.SENDING), states().count(State.WAITING)) == (4, 16)
    answers.set()
    slow.join()
    assert states() == [State.SENT] * 20


def test_one_failing_statement_costs_no_second_post(
    customer: Customer, fin: Receiver, clock: Clock
) -> None:
    """FAULTS 19: nor do those that have landed together, whichever statement it is."""
    for _ in range(15):
        make_ticket(customer).save()
    ConversationState.objects.bulk_create(
        ConversationState(integration="default", conversation_id=name, attempts=1)
        for name in Event.objects.values_list("conversation_id", flat=True)
    )
    failing = ["SELECT"]  # of its attempts before

    def fail_once(execute: Any, sql: str, *rest: Any) -> Any:
        if failing and sql.startswith(failing[0]) and "fin_bridge_attempt" in sql:
            failing.clear()
            raise OperationalError("deadlock")
        return execute(sql, *rest)

    fin.replies.append(status(400))
    clock.advance(1)
    with connection.execute_wrapper(fail_once):
        drain.drain()
    assert not failing
    assert sorted(states()) == [State.SENT] * 14 + [State.WAITING]


def test_answers_that_come_while_the_database_is_away_are_written_down_after_all(
    customer: Customer, fin: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAULTS 17 and 18: those that have landed before it was noticed as well."""
    monkeypatch.setattr(database_connection, "PAUSES", (0.0,))
    is_away, given_up = threading.Event(), threading.Event()
    failed: list[str] = []

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if is_away.is_set():
            failed.append(sql)
            if len(failed) == 2:  # as often as it is insisted upon
                given_up.set()
            raise OperationalError("gone")
        return execute(sql, *rest)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        is_away.set()
        status(204)(handler)

    def answer_late(handler: BaseHTTPRequestHandler) -> None:
        given_up.wait(10)
        is_away.clear()
        status(204)(handler)

    fin.replies.extend([answer, answer_late])
    for _ in range(2):
        make_ticket(customer).save()
    clock.advance(1)
    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        drain.drain()
    assert states() == [State.SENT] * 2


def test_a_look_is_no_later_than_it_seems(fin: Receiver) -> None:
    """FAULTS 65: between the database's clock and ours a process may be stopped."""
    breaker.read("default")
    asked: list[float] = []

    def note(execute: Any, *statement: Any) -> Any:
        asked.append(time.monotonic())
        return execute(*statement)

    with connection.execute_wrapper(note):
        circuit = breaker.read("default")
    assert circuit.read_at <= asked[0]


def test_an_integration_that_eats_up_the_budget_leaves_the_others_some(
    customer: Customer, fin: Receiver, clock: Clock, settings: Settings
) -> None:
    """FAULTS 22 and 67: else one backlog would keep all other integrations' events waiting."""
    answers = threading.Event()

    def hold(handler: BaseHTTPRequestHandler) -> None:
        answers.wait(0.4)
        status(204)(handler)

    with receiving() as other_fin:
        both = dict(settings.FIN_BRIDGE_INTEGRATIONS)
        both["other"] = {**both["default"], "ID": "integration-2", "EVENTS_URL": other_fin.url}
        settings.FIN_BRIDGE_INTEGRATIONS = both
        for name in both:
            make_ticket(customer).save()
            Event.objects.filter(integration="").update(integration=name)
        fin.replies.append(hold)
        clock.advance(1)
        drain.drain(budget=0.3)
        assert (len(fin.requests), len(other_fin.requests)) == (1, 1)


@pytest.mark.parametrize("use_tz", [True, False])
def test_no_time_zone_moves_a_retry(
    ticket: Ticket, fin: Receiver, clock: Clock, settings: Settings, use_tz: bool
) -> None:
    """FAULTS 54: at the change to daylight saving, with and without USE_TZ."""
    settings.USE_TZ, settings.TIME_ZONE = use_tz, "Europe/Berlin"
    clock.set(clock.now.replace(year=2026, month=3, day=29, hour=0, minute=59, second=58))
    fin.replies.append(status(500))
    Ticket.objects.get(pk=ticket.pk).save()
    drain_after(clock)
    assert Event.objects.get().due_at - clock.now < timedelta(seconds=1.3)
    drain_after(clock, 2)
    assert states() == [State.SENT]


# --- the helpdesk's own code --------------------------------------------------------------------


def test_news_after_unheeded_reminders_are_reminded_of_anew(
    ticket: Ticket, fin: Receiver, clock: Clock
) -> None:
    """FAULTS 58: Fin did not pull for hours; what comes then is not told just once."""
    ticket.save()
    drain_after(clock)
    ConversationState.objects.update(known_at=clock.now)
    for news in range(2):
        if news:
            ticket.save()
        for _ in range(16):
            clock.advance(300)
            sweep.sweep()
    assert len(fin.requests) == 6


@pytest.fixture
def broken_description(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Tickets, keys: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Tickets, "in_bulk", fail)


def test_a_broken_description_keeps_nothing_from_being_sent(
    ticket: Ticket,
    fin: Receiver,
    clock: Clock,
    broken_description: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """FAULTS 59: reconcile reads the helpdesk; the drain after it has to come all the same."""
    ConversationState.objects.create(
        integration="default",
        conversation_id=str(ticket.pk),
        known_at=clock.now,
        pulled_at=clock.now,
        shown={"status": "open"},
    )
    make_ticket(ticket.customer).save()
    clock.advance(10)
    sweep.sweep()
    assert "A part of the sweep failed" in caplog.text
    assert states() == [State.SENT]


def test_one_conversation_at_which_the_helpdesks_code_fails_keeps_no_other(
    customer: Customer,
    fin: Receiver,
    clock: Clock,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """FAULTS 59: whose it is may be unknown for one; it waits in sight until it is known."""
    default = settings.FIN_BRIDGE_INTEGRATIONS["default"]
    settings.FIN_BRIDGE_INTEGRATIONS = {"default": default, "other": default}
    tickets = [make_ticket(customer) for _ in range(5)]
    poison = tickets[2]

    teams = {one.pk: "default" for one in tickets if one != poison}

    def integration(self: Tickets, obj: Ticket) -> str:
        return teams[obj.pk]

    monkeypatch.setattr(Tickets, "integration", integration)
    for one in tickets:
        one.save()
    drain_after(clock)
    assert sorted(fin.conversations) == sorted(str(one.pk) for one in tickets if one != poison)
    left = Event.objects.get(state=State.WAITING)
    assert left.conversation_id == str(poison.pk)
    assert "fails to say" in left.detail
    assert caplog.text.count("is unknown") == 1
    teams[poison.pk] = "default"
    drain_after(clock)
    assert states() == [State.SENT] * 5


def test_a_connection_that_is_gone_between_the_change_and_its_event(
    ticket: Ticket, caplog: pytest.LogCaptureFixture
) -> None:
    """FAULTS 17: in autocommit the save has happened, so that it must not fail."""

    def gone(execute: Any, sql: str, *arguments: Any) -> Any:
        if Event._meta.db_table in sql:
            raise InterfaceError("connection already closed")
        return execute(sql, *arguments)

    with connection.execute_wrapper(gone):
        Reply.objects.create(ticket=ticket, body="kept")
    assert Reply.objects.count() == 1
    assert "was not recorded" in caplog.text


def test_no_secret_and_no_word_of_a_customers_is_kept_or_logged(
    customer: Customer,
    fin: Receiver,
    clock: Clock,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """FAULTS 68: Fin may even answer with our key."""
    caplog.set_level(logging.DEBUG)
    use_fin(settings, fin.url, WEBHOOK_KEYS=["canary-key", "canary-second"])
    fin.replies.extend([status(401), status(400, b"bad key canary-second")])
    ticket = make_ticket(customer, description="canary-word")
    Reply.objects.create(ticket=ticket, body="canary-word")
    drain_after(clock)
    drain_after(clock, 10)
    assert fin.conversations == [str(ticket.pk)] * 3
    assert "canary" not in caplog.text
    for model in (Event, Attempt, ConversationState, IntegrationState, FinCall):
        assert "canary" not in str(list(model.objects.values()))


def test_statements_of_a_drain_are_a_constant_for_each_round(
    customer: Customer, fin: Receiver, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    """A statement for each event would make 30,000 of them a burden to the database."""
    for _ in range(200):
        make_ticket(customer).save()
    clock.advance(1)
    with django_assert_max_num_queries(200 * 5):
        drain.drain(budget=30)
    assert states() == [State.SENT] * 200
    connection.close()
