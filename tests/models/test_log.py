"""The log: the words in which events are asked for, and what rows are called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from fin_bridge.models import Attempt, Event, EventQuerySet, FinCall
from tests.support.world import Clock

TOKEN = uuid4()
Words = Callable[[EventQuerySet], EventQuerySet]


@pytest.fixture
def events(db: None, stopped_clock: Clock) -> dict[str, Event]:
    """An event in each state, and a typing notice."""
    times = {"created_at": stopped_clock.now, "due_at": stopped_clock.now}
    about = {"integration": "default", "conversation_id": "7", **times}
    made = {
        state: Event.objects.create(
            state=state, claim=TOKEN if state == "sending" else None, **about
        )
        for state in Event.State.values
    }
    made["typing"] = Event.objects.create(kind="typing", state="sent", **about)
    return made


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (lambda rows: rows.waiting(), {"waiting"}),
        (lambda rows: rows.sending(), {"sending"}),
        (lambda rows: rows.unsettled(), {"waiting", "sending"}),
        (lambda rows: rows.syncs().delivered(), {"sent", "merged"}),
        (lambda rows: rows.failed(), {"failed"}),
        (lambda rows: rows.claimed_by([TOKEN]), {"sending"}),
        (lambda rows: rows.claimed_by([uuid4()]), set()),
        (lambda rows: rows.about("default", ["7", "8"]).waiting(), {"waiting"}),
        (lambda rows: rows.about("default", ["8"]), set()),
        (lambda rows: rows.about("other", ["7"]), set()),
    ],
)
def test_words_keep_what_they_say(events: dict[str, Event], words: Words, found: set[str]) -> None:
    keys = {events[name].pk for name in found}
    assert set(words(Event.objects.all()).values_list("pk", flat=True)) == keys


def test_syncs_are_no_typing_notices(events: dict[str, Event]) -> None:
    typing = events.pop("typing")
    assert typing not in Event.objects.syncs()
    assert Event.objects.syncs().count() == len(events)


def test_an_event_is_due_at_its_time(events: dict[str, Event], stopped_clock: Clock) -> None:
    assert events["waiting"] in Event.objects.due(stopped_clock.now)
    assert not Event.objects.due(stopped_clock.now - timedelta(microseconds=1)).exists()


def test_rows_are_named_in_words() -> None:
    assert str(Event(pk=7, kind="sync", conversation_id="c")) == "sync 7: c"
    assert str(Attempt(outcome="sent", status=204)) == "sent (204)"
    assert str(Attempt(outcome="timeout")) == "timeout (-)"
    assert str(FinCall(operation="get_user", status=200)) == "get_user: 200"
