"""The handover watch: from Fin's handing over to the first answer of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.events import sweep
from fin_bridge.helpdesk import current
from fin_bridge.models import ConversationState, IntegrationState
from fin_bridge.operating import handover_watch
from fin_bridge.records import UNKNOWN_AUTHOR
from fin_bridge.signals import handover_unanswered
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Customer, Reply, Status, Ticket
from tests.support.world import Clock, make_ticket

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIST = "/admin/fin_bridge/conversationstate/"


@pytest.fixture(autouse=True)
def clock(stopped_clock: Clock) -> Clock:
    stopped_clock.set(NOON)
    return stopped_clock


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    """What the public signal said."""
    calls: list[dict[str, Any]] = []

    def hear(**arguments: Any) -> None:
        del arguments["signal"]
        calls.append(arguments)

    handover_unanswered.connect(hear)
    yield calls
    handover_unanswered.disconnect(hear)


@pytest.fixture
def case(ticket: Ticket) -> ConversationState:
    """Handed over at noon."""
    return hand_over(ticket)


def hand_over(ticket: Ticket, **values: Any) -> ConversationState:
    given = {"handover": "waiting", "handed_over_at": NOON, "holder": "people", **values}
    state: ConversationState = ConversationState.objects.create(
        integration="default", conversation_id=str(ticket.pk), **given
    )
    return state


def say(ticket: Ticket, staff: User | None, at: datetime, **values: Any) -> None:
    """Written so that no signal tells."""
    given = {"body": "Hi", **values}
    [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, staff=staff, **given)])
    Reply.objects.filter(pk=reply.pk).update(created=at)


def outcome(case: ConversationState, clock: Clock) -> str:
    handover_watch.watch(clock.now)
    case.refresh_from_db()
    return case.handover


def test_the_first_public_word_of_a_person_answers_it(
    case: ConversationState, ticket: Ticket, sarah: User, clock: Clock
) -> None:
    clock.advance(minutes=5)
    for minutes in (3, 2, 4):
        say(ticket, sarah, NOON + timedelta(minutes=minutes))
    assert outcome(case, clock) == "answered"
    assert case.answered_at == NOON + timedelta(minutes=2)
    assert not handover_watch.unanswered().exists()


def test_neither_customer_nor_fin_nor_a_note_nor_what_came_before_answers_it(
    case: ConversationState, ticket: Ticket, sarah: User, clock: Clock
) -> None:
    fins = User.objects.create_user("fin", first_name="Fin", is_staff=True)
    IntegrationState.objects.create(integration="default", agent_id=str(fins.pk))
    later = NOON + timedelta(minutes=1)
    say(ticket, None, later)
    say(ticket, fins, later)
    say(ticket, sarah, later, internal=True)
    say(ticket, sarah, later, body="")  # of an assignment, or a change of status
    say(ticket, sarah, NOON - timedelta(seconds=1))
    assert outcome(case, clock) == "waiting"


class Unsigned(demo.Replies):
    """A host whose auto-replies have no author."""

    def get_author(self, obj: Any) -> Any:
        return UNKNOWN_AUTHOR


class Placed(demo.Replies):
    """A host that tells authors by a rule of its own, as its objects."""

    def get_author(self, obj: Any) -> Any:
        return obj.staff or obj.ticket


class Signed(demo.Replies):
    """One where a plain path leads to the author."""

    author: Any = "staff"


placed = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, Placed)
signed = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, Signed)


@pytest.mark.parametrize("desk", ["placed", "signed"])
def test_an_answer_counts_however_the_host_tells_its_author(
    case: ConversationState,
    ticket: Ticket,
    sarah: User,
    clock: Clock,
    settings: Settings,
    desk: str,
) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"tests.operating.test_handover_watch.{desk}"
    say(ticket, None, NOON + timedelta(minutes=1))
    assert outcome(case, clock) == "waiting"
    say(ticket, sarah, NOON + timedelta(minutes=1))
    assert outcome(case, clock) == "answered"


unsigned = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, Unsigned)


def test_what_no_rule_places_is_no_persons_answer(
    case: ConversationState, ticket: Ticket, sarah: User, clock: Clock, settings: Settings
) -> None:
    say(ticket, sarah, NOON + timedelta(minutes=1))
    settings.FIN_BRIDGE_HELPDESK = "tests.operating.test_handover_watch.unsigned"
    assert outcome(case, clock) == "waiting"


def test_nobody_needs_to_answer_what_is_finished_gone_or_fins_again(
    case: ConversationState, ticket: Ticket, customer: Customer, clock: Clock
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status=Status.objects.get(slug="solved"))
    assert outcome(case, clock) == "over"
    given_back = hand_over(make_ticket(customer), holder="fin")
    assert outcome(given_back, clock) == "over"
    gone = make_ticket(customer)
    deleted = hand_over(gone)
    gone.delete()
    assert outcome(deleted, clock) == "over"


def test_it_is_announced_once_when_it_has_waited_for_ten_minutes(
    case: ConversationState, ticket: Ticket, clock: Clock, heard: list[dict[str, Any]]
) -> None:
    clock.advance(minutes=9, seconds=59)
    assert outcome(case, clock) == "waiting"
    clock.advance(seconds=1)
    for _ in range(3):
        assert outcome(case, clock) == "late"
    assert heard == [
        {
            "sender": Ticket,
            "conversation": ticket,
            "conversation_id": str(ticket.pk),
            "integration": "default",
            "waited": timedelta(minutes=10),
        }
    ]


def test_what_was_announced_can_still_be_answered(
    ticket: Ticket, sarah: User, clock: Clock
) -> None:
    case = hand_over(ticket, handover="late")
    say(ticket, sarah, NOON + timedelta(hours=1))
    assert outcome(case, clock) == "answered"


def test_the_alarm_can_be_set_and_switched_off(
    case: ConversationState, clock: Clock, settings: Settings, heard: list[dict[str, Any]]
) -> None:
    clock.advance(hours=5)
    settings.FIN_BRIDGE_HANDOVER_ALARM = None
    assert outcome(case, clock) == "waiting"
    settings.FIN_BRIDGE_HANDOVER_ALARM = 5 * 3600 + 1
    assert outcome(case, clock) == "waiting"
    settings.FIN_BRIDGE_HANDOVER_ALARM = 5 * 3600
    assert outcome(case, clock) == "late"
    assert len(heard) == 1


def test_one_that_fin_hands_over_anew_meanwhile_stays_open(
    case: ConversationState, ticket: Ticket, clock: Clock, heard: list[dict[str, Any]]
) -> None:
    clock.advance(hours=1)
    ConversationState.objects.filter(pk=case.pk).update(handed_over_at=clock.now)
    handover_watch._look(current(), [case], clock.now)  # with what was read before
    case.refresh_from_db()
    assert case.handover == "waiting"
    assert heard == []


def test_many_cost_no_more_statements_than_one(
    customer: Customer, case: ConversationState, clock: Clock
) -> None:
    with CaptureQueriesContext(connection) as for_one:
        handover_watch.watch(clock.now)
    for _ in range(30):
        hand_over(make_ticket(customer))
    with CaptureQueriesContext(connection) as for_many:
        handover_watch.watch(clock.now)
    assert len(for_many) == len(for_one) <= 9


def test_more_than_a_batch_are_looked_at(
    customer: Customer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover_watch, "BATCH", 2)
    for _ in range(5):
        hand_over(make_ticket(customer))
    clock.advance(hours=1)
    handover_watch.watch(clock.now)
    assert ConversationState.objects.filter(handover="late").count() == 5


def test_a_description_that_fails_stops_no_delivery(
    case: ConversationState,
    clock: Clock,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.FIN_BRIDGE_HELPDESK = "helpdesk_demo.nowhere.helpdesk"
    handover_watch.watch(clock.now)
    assert "could not be looked at" in caplog.text


def speechless(self: Any, obj: Ticket) -> str:
    if obj.subject == "Unspeakable":
        raise RuntimeError("No words.")
    return "open"


failing = fin.Helpdesk(
    demo.Customers,
    demo.Staff,
    type("Tickets", (demo.Tickets,), {"get_status": speechless}),
    demo.Openings,
    demo.Replies,
)


def test_one_at_which_the_description_fails_hides_no_other(
    customer: Customer,
    clock: Clock,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    cases = [hand_over(make_ticket(customer)) for _ in range(3)]
    Ticket.objects.filter(pk=cases[1].conversation_id).update(subject="Unspeakable")
    settings.FIN_BRIDGE_HELPDESK = "tests.operating.test_handover_watch.failing"
    clock.advance(hours=1)
    assert [outcome(case, clock) for case in cases] == ["late", "waiting", "late"]
    assert f"The handover of {cases[1].conversation_id} could not" in caplog.text


def test_a_database_that_fails_is_asked_no_more(
    case: ConversationState,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError("It is gone.")

    monkeypatch.setattr(current().conversations, "in_bulk", fail)
    handover_watch.watch(clock.now)
    assert "could not be looked at" in caplog.text


def test_a_helpdesk_without_time_zones(
    ticket: Ticket, case: ConversationState, clock: Clock, settings: Settings
) -> None:
    settings.USE_TZ = False
    staff = User.objects.create(username="sarah", email="sarah@example.com", is_staff=True)
    say(ticket, staff, (NOON + timedelta(minutes=3)).replace(tzinfo=None))
    assert outcome(case, clock) == "answered"


def test_the_sweep_watches(case: ConversationState, clock: Clock) -> None:
    clock.advance(hours=1)
    sweep.sweep()
    case.refresh_from_db()
    assert case.handover == "late"


def test_the_admin_lists_what_waits_longest_first(
    admin_client: Client, customer: Customer, clock: Clock
) -> None:
    ago = clock.now - timedelta(minutes=2)
    for number, (word, at) in enumerate(
        [("late", ago), ("waiting", NOON), ("answered", ago), ("over", NOON), ("", None)]
    ):
        answered = at and at + timedelta(seconds=40) if word == "answered" else None
        ConversationState.objects.create(
            integration="default",
            conversation_id=f"c{number}",
            handover=word,
            handed_over_at=at,
            answered_at=answered,
        )
    clock.advance(minutes=3)
    assert listed(admin_client, "unanswered") == [
        ("c0", "failed", "unanswered for 5 min"),
        ("c1", "waiting", "unanswered for 3 min"),
    ]
    assert listed(admin_client, "answered") == [("c2", "sent", "answered after 40 s")]
    assert ("c3", "merged", "over without an answer") in listed(admin_client)
    assert len(listed(admin_client)) == 4
    [state] = ConversationState.objects.filter(conversation_id="c2")
    page = admin_client.get(f"{LIST}{state.pk}/change/").content.decode()
    assert "answered after 40 s" in page


def listed(client: Client, handover: str = "") -> list[tuple[str | Any, ...]]:
    query = {"handover": handover} if handover else {}
    page = client.get(LIST, query).content.decode()
    cells = re.compile(
        r'field-conversation_id"><a[^>]*>(\w+)<.*?'
        r'field-handover_word"><span class="fin-word fin-(\w+)">([^<]+)<',
        flags=re.DOTALL,
    )
    return [match.groups() for row in page.split("<tr>") if (match := cells.search(row))]
