"""Sending again from the command line, and what sending again is."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fin_bridge.events.drain import drain
from fin_bridge.events.sweep import prune
from fin_bridge.management.progress import Progress
from fin_bridge.models import ConversationState, Event, IntegrationState
from fin_bridge.operating import deliveries
from helpdesk_demo.models import Customer, Ticket
from tests.support.receiver import Receiver
from tests.support.world import Clock, make_ticket

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_event(conversation_id: str = "7", **values: Any) -> Event:
    given = {
        "integration": "default",
        "state": Event.State.FAILED,
        "created_at": NOON - timedelta(hours=1),
        "due_at": NOON - timedelta(hours=1),
        **values,
    }
    event: Event = Event.objects.create(conversation_id=conversation_id, **given)
    return event


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("resend_events", *arguments, stdout=out)
    return out.getvalue()


def resends() -> list[Event]:
    return list(Event.objects.filter(resend_of__isnull=False).order_by("pk"))


@pytest.fixture(autouse=True)
def _clock(stopped_clock: Clock) -> None:
    stopped_clock.set(NOON)


# What sending again is


def test_a_resend_is_a_new_waiting_event_that_is_due_now() -> None:
    old = make_event(detail="Fin answered 400.", attempts=2)
    deliveries.resend(Event.objects.all(), by="ada")
    [new] = resends()
    assert (new.state, new.kind, new.integration) == ("waiting", "sync", "default")
    assert (new.conversation_id, new.resend_of_id) == ("7", old.pk)
    assert (new.created_at, new.due_at, new.attempts) == (NOON, NOON, 0)
    assert new.cause == "sent again by ada"
    old.refresh_from_db()
    assert old.state == "failed"


def test_a_conversation_is_told_of_once_by_its_newest_event() -> None:
    make_event("7")
    newest = make_event("7")
    other = make_event("8")
    extent = deliveries.resend(Event.objects.all())
    assert extent == deliveries.Extent(events=3, conversations=2)
    assert {(event.conversation_id, event.resend_of_id) for event in resends()} == {
        ("7", newest.pk),
        ("8", other.pk),
    }
    assert {event.cause for event in resends()} == {"sent again"}


def test_a_conversation_is_told_of_once_also_over_several_chunks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deliveries, "CHUNK", 2)
    for number in range(7):
        make_event(str(number % 3))
    done = list(deliveries.resending(Event.objects.all()))
    assert [extent.events for extent in done] == [2, 4, 6, 7]
    assert done[-1] == deliveries.Extent(7, 3)
    assert sorted(event.conversation_id for event in resends()) == ["0", "1", "2"]


@pytest.mark.parametrize("older", [1, 5])
def test_few_and_many_older_events_of_a_conversation_are_left_out(older: int) -> None:
    for name in "abc":
        for _ in range(older if name == "b" else 1):
            make_event(name)
    newest = [make_event(name).pk for name in "bd"]
    assert deliveries.resend(Event.objects.all()) == deliveries.Extent(older + 4, 4)
    told = {event.conversation_id: event.resend_of_id for event in resends()}
    assert set(told) == set("abcd")
    assert (told["b"], told["d"]) == (newest[0], newest[1])


def test_what_is_not_chosen_any_more_is_neither_sent_again_nor_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_event("7", state=Event.State.WAITING)
    gone = make_event("8", state=Event.State.WAITING)
    listed = deliveries._chunks

    def sent_after_listing(events: Any) -> Any:
        for chunk in listed(events):
            Event.objects.filter(pk=gone.pk).update(state=Event.State.SENT)
            yield chunk

    monkeypatch.setattr(deliveries, "_chunks", sent_after_listing)
    done = deliveries.resend(Event.objects.filter(state="waiting"))
    assert done == deliveries.Extent(events=2, conversations=1)
    assert [event.conversation_id for event in resends()] == ["7"]


def test_what_is_pruned_is_no_longer_linked_to() -> None:
    """The database knows nothing of the link: it is the ORM that keeps it right."""
    old = make_event("7", settled_at=NOON - timedelta(minutes=50))
    deliveries.resend(Event.objects.all())
    prune(NOON + timedelta(days=91))
    [new] = Event.objects.all()
    assert (new.pk > old.pk, new.resend_of_id) == (True, None)


def test_what_is_sent_again_is_not_sent_again_by_the_same_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deliveries, "CHUNK", 1)
    make_event("7", state=Event.State.WAITING)
    assert deliveries.resend(Event.objects.filter(state="waiting")).events == 1


def test_typing_is_never_sent_again() -> None:
    make_event(kind=Event.Kind.TYPING)
    assert deliveries.resend(Event.objects.all()) == deliveries.Extent(0, 0)
    assert resends() == []


def test_the_backoff_is_lifted_and_the_spacing_stays() -> None:
    for conversation, ahead in (("7", 3600.0), ("8", 0.8), ("9", 3600.0)):
        ConversationState.objects.create(
            integration="default",
            conversation_id=conversation,
            not_before=NOON + timedelta(seconds=ahead),
        )
    make_event("7")
    make_event("8")
    deliveries.resend(Event.objects.all())
    gates = dict(ConversationState.objects.values_list("conversation_id", "not_before"))
    assert gates["7"] is None
    assert gates["8"] == NOON + timedelta(seconds=0.8)
    assert gates["9"] == NOON + timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_after_the_commit(hints: list[float]) -> None:
    make_event()
    with transaction.atomic():
        deliveries.resend(Event.objects.all())
        assert hints == []
    assert len(hints) == 1


def test_each_chunk_takes_a_few_short_statements() -> None:
    """However many conversations there are, none is named in a statement."""
    Event.objects.bulk_create(
        Event(conversation_id=f"number {number}", state="failed", created_at=NOON, due_at=NOON)
        for number in range(deliveries.CHUNK + 1)
    )
    with CaptureQueriesContext(connection) as queries:
        done = deliveries.resend(Event.objects.all())
    assert done.conversations == len(resends()) == deliveries.CHUNK + 1
    assert len(queries) <= 2 * 5 + 1
    assert max(len(query["sql"]) for query in queries) < 2000


# Cancel, pause and resume


def test_only_what_waits_is_cancelled() -> None:
    waiting = make_event("7", state=Event.State.WAITING)
    sending = make_event("7", state=Event.State.SENDING)
    assert deliveries.cancel(Event.objects.all(), by="ada") == 1
    waiting.refresh_from_db()
    sending.refresh_from_db()
    assert (waiting.state, waiting.detail) == ("cancelled", "cancelled by ada")
    assert waiting.settled_at == NOON
    assert sending.state == "sending"


def test_what_a_worker_claims_meanwhile_is_not_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_event(state=Event.State.WAITING)
    listed = deliveries._chunks

    def claimed_after_listing(events: Any) -> Any:
        for chunk in listed(events):
            Event.objects.update(state=Event.State.SENDING)
            yield chunk

    monkeypatch.setattr(deliveries, "_chunks", claimed_after_listing)
    assert deliveries.cancel(Event.objects.all(), by="ada") == 0
    assert Event.objects.get().state == "sending"


@pytest.mark.django_db(transaction=True)
def test_pause_and_resume(hints: list[float]) -> None:
    IntegrationState.objects.create(
        integration="default", blocked="unauthorized", probes=7, probe_at=NOON
    )
    everything = IntegrationState.objects.all()
    assert deliveries.pause(everything) == 1
    assert deliveries.pause(everything) == 0
    assert IntegrationState.objects.get().paused_at == NOON
    assert hints == []
    assert deliveries.resume(everything) == 1
    state = IntegrationState.objects.get()
    assert (state.paused_at, state.probes, state.probe_at) == (None, 0, None)
    assert state.blocked == "unauthorized"  # until a probe's 2xx
    assert len(hints) == 1


# The command


def test_without_a_filter_all_must_be_asked_for() -> None:
    make_event()
    with pytest.raises(CommandError, match="--all") as raised:
        run()
    assert raised.value.returncode == 2
    assert run("--all") == f"failed {1:>14}\n1 event of 1 conversation: 1 sent again.\n"


def test_all_cannot_be_narrowed() -> None:
    with pytest.raises(CommandError, match="narrowed") as raised:
        run("--all", "--id", "1")
    assert raised.value.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        (["--state", "failed"], {"a", "b"}),
        (["--state", "failed", "--state", "sent"], {"a", "b", "c"}),
        (["--conversation", "a"], {"a"}),
        (["--conversation", "a", "--conversation", "c"], {"a", "c"}),
        (["--conversation", "a", "--state", "sent"], set()),
        (["--integration", "default"], {"a", "b", "c"}),
        (["--since", "90m"], {"a", "c"}),
        (["--since", "2026-11-22T10:59:59"], {"a", "c"}),
        (["--since", "2026-11-22T11:59:59+01:00"], {"a", "c"}),
        (["--since", "2026-11-22"], {"a", "c"}),
        (["--until", "2026-11-22"], {"b"}),
        (["--since", "2d", "--until", "1h"], {"b"}),
    ],
)
def test_the_filters(arguments: list[str], chosen: set[str]) -> None:
    make_event("a")
    make_event("b", created_at=NOON - timedelta(days=1))
    make_event("c", state=Event.State.SENT)
    run(*arguments)
    assert {event.conversation_id for event in resends()} == chosen


def test_by_id() -> None:
    first, _, third = (make_event(name) for name in "abc")
    assert "2 events of 2" in run("--id", str(first.pk), "--id", str(third.pk))
    assert [event.resend_of_id for event in resends()] == [third.pk, first.pk]


def test_nothing_to_do_is_no_failure() -> None:
    assert run("--id", "4711") == "No event matches: nothing was sent again.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--since", "soon"],
        ["--until", "2026-13-01"],
        ["--state", "lost"],
        ["--id", "x"],
        ["--id=-1"],
        ["--id", "9" * 20],
        ["--rate", "0"],
        ["--rate", "inf"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


def test_an_unknown_integration_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="The integrations are: default") as raised:
        run("--integration", "defualt")
    assert raised.value.returncode == 2


def test_a_dry_run_writes_nothing() -> None:
    make_event("a")
    make_event("a")
    assert "2 events of 1 conversation: 1 would be sent again.\n" in run("--all", "--dry-run")
    assert resends() == []


def test_it_says_what_was_chosen_in_a_table_or_for_programs() -> None:
    for state in ("sent", "failed", "failed"):
        make_event("a", state=state)
    make_event("b", kind=Event.Kind.TYPING)
    table = [f"sent {2 - 1:>16}", f"failed {2:>14}"]
    assert run("--all", "--dry-run").splitlines()[:2] == table
    assert json.loads(run("--all", "--json")) == {
        "events": 3,
        "conversations": 1,
        "chosen_by_state": {"sent": 1, "failed": 2},
        "dry_run": False,
        "interrupted": False,
    }


def test_a_rate_spreads_when_they_are_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "CHUNK", 2)
    for number in range(5):
        make_event(str(number))
    assert "The last is due in 0:00:10." in run("--all", "--rate", "0.5")
    assert [event.due_at - NOON for event in resends()] == [
        timedelta(seconds=seconds) for seconds in (0, 2, 4, 6, 8)
    ]


@pytest.mark.django_db(transaction=True)
def test_an_interruption_leaves_done_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "CHUNK", 2)
    for number in range(5):
        make_event(str(number))
    insert, output = deliveries._insert, io.StringIO()

    def insert_and_be_interrupted(*arguments: Any) -> int:
        if resends():
            raise KeyboardInterrupt
        return insert(*arguments)

    monkeypatch.setattr(deliveries, "_insert", insert_and_be_interrupted)
    with pytest.raises(CommandError, match="what is done stays") as raised:
        call_command("resend_events", "--all", "--progress", stdout=output)
    assert raised.value.returncode == 130
    assert "2 events of 2 conversations: 2 sent again.\n" in output.getvalue()
    assert len(resends()) == 2


# What no signal has told


def test_what_fin_lacks_is_found_and_sent(
    ticket: Ticket, customer: Customer, stopped_clock: Clock
) -> None:
    stopped_clock.set(timezone.now() + timedelta(minutes=5))
    old = make_ticket(customer)
    Ticket.objects.filter(pk=old.pk).update(created=timezone.now() - timedelta(days=3))
    assert run("--missing", "--since", "1d", "--dry-run") == (
        "1 conversation would be sent: Fin lacked it.\n"
    )
    assert not Event.objects.exists()
    assert json.loads(run("--missing", "--json")) == {"missing": 2, "dry_run": False}
    causes = {event.conversation_id: event.cause for event in Event.objects.all()}
    assert causes == {str(one.pk): "made without a signal" for one in (ticket, old)}
    assert run("--missing") == "Fin lacks nothing.\n"


@pytest.mark.parametrize(
    "more", [["--all"], ["--id", "1"], ["--state", "sent"], ["--rate", "3"], ["--until", "2h"]]
)
def test_missing_goes_with_since_only(more: list[str]) -> None:
    with pytest.raises(CommandError, match="--since only") as raised:
        run("--missing", *more)
    assert raised.value.returncode == 2


def test_no_progress_on_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    make_event()
    run("--all")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("asked", [True, False])
def test_progress_on_a_terminal_or_where_asked_for(
    asked: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_event()
    if not asked:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    run("--all", *(["--progress"] if asked else []))
    assert "1/1" in capsys.readouterr().err


def test_progress_in_lines_where_there_is_no_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)  # as if it were not installed
    times = iter([0, 0.5, 1.5, 1.5, 1.6, 1.6])
    stream = io.StringIO()
    with Progress(3000, stream, clock=lambda: next(times)) as progress:
        for _ in range(3):
            progress(1000)
    assert stream.getvalue() == (
        "2000 of 3000 events, 1333 a second, 1 s left\n"
        "3000 of 3000 events, 1875 a second, 0 s left\n"
    )


def test_progress_has_no_rate_before_time_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    stream = io.StringIO()
    Progress(1, stream, clock=lambda: 0)(1)
    assert stream.getvalue() == "1 of 1 events\n"


@pytest.mark.django_db(transaction=True)
def test_fin_gets_what_is_sent_again(ticket: Ticket, fin: Receiver, stopped_clock: Clock) -> None:
    make_event(str(ticket.pk))
    ConversationState.objects.create(
        integration="default",
        conversation_id=str(ticket.pk),
        not_before=NOON + timedelta(hours=4),
    )
    run("--state", "failed")
    drain()
    assert fin.bodies == [{"conversation_id": str(ticket.pk)}]
    assert [event.state for event in resends()] == ["sent"]
