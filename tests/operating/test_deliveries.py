from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fin_bridge.events.retention import prune
from fin_bridge.models import ConversationState, Event, IntegrationState
from fin_bridge.operating import deliveries
from tests.support.resends import NOON, make_event, resends
from tests.support.world import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(stopped_clock: Clock) -> None:
    stopped_clock.set(NOON)


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
    assert extent == deliveries.Tally(events=3, conversations=2)
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
    assert done[-1] == deliveries.Tally(7, 3)
    assert sorted(event.conversation_id for event in resends()) == ["0", "1", "2"]


@pytest.mark.parametrize("older", [1, 5])
def test_few_and_many_older_events_of_a_conversation_are_left_out(older: int) -> None:
    for name in "abc":
        for _ in range(older if name == "b" else 1):
            make_event(name)
    newest = [make_event(name).pk for name in "bd"]
    assert deliveries.resend(Event.objects.all()) == deliveries.Tally(older + 4, 4)
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
    assert done == deliveries.Tally(events=2, conversations=1)
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
    assert deliveries.resend(Event.objects.all()) == deliveries.Tally(0, 0)
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
