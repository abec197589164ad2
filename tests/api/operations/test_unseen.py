"""What people wrote while Fin was at it: its update closes over nothing that it has not seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from fin_bridge.api.operations.unseen import has_unseen, has_unseen_answer
from fin_bridge.helpdesk import current
from fin_bridge.helpdesk.reading.snapshot import extent
from fin_bridge.models import ConversationState, Event, FinCall
from fin_bridge.operating import handover_watch
from fin_bridge.signals import handover_requested, handover_unanswered
from fin_bridge.testing.in_process import ask
from helpdesk_demo.models import Customer, Reply, Status, Ticket
from tests.support.fin_caller import Caller, let_in
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEPT = "the status was kept: somebody has written what Fin has not seen"


@pytest.fixture(autouse=True)
def clock(stopped_clock: Clock) -> Clock:
    stopped_clock.set(NOON)
    return stopped_clock


@pytest.fixture
def fins(sarah: User, settings: Settings) -> User:
    """The account that acts as Fin; Sarah is another."""
    user = User.objects.create_user("fin", "fin@example.com", is_staff=True)
    let_in(settings, AGENT_ID=str(user.pk))
    return user


@pytest.fixture
def opened(caller: Caller, customer: Customer, fins: User) -> Ticket:
    """A ticket that Fin holds, has answered and has pulled: an hour ago, but for the pull."""
    caller.opens(str(customer.pk))
    ticket = Ticket.objects.get()
    say(ticket, staff=fins, created=NOON - timedelta(hours=1))
    pull(caller, ticket)
    return ticket


def say(ticket: Ticket, **values: Any) -> None:
    """Written so that no signal tells."""
    created = values.pop("created", NOON)
    [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, body="<p>Hi</p>", **values)])
    Reply.objects.filter(pk=reply.pk).update(created=created)


def pull(caller: Caller, ticket: Ticket) -> None:
    caller.ask("get_conversation", conversation_id=str(ticket.pk))
    caller.ask("get_messages", conversation_id=str(ticket.pk))
    Event.objects.all().delete()


def update(caller: Caller, ticket: Ticket, **changes: Any) -> Any:
    return caller.ask("update_conversation", conversation_id=str(ticket.pk), **changes)


def causes() -> list[str]:
    return list(Event.objects.values_list("cause", flat=True))


@pytest.mark.parametrize("status", ["resolved", "closed", "ended"])
@pytest.mark.parametrize("is_by_staff", [True, False])
def test_an_unseen_word_is_not_closed_over(
    caller: Caller, opened: Ticket, sarah: User, status: str, is_by_staff: bool
) -> None:
    say(opened, staff=sarah if is_by_staff else None)
    answer = update(caller, opened, status=status, title="Fire", tags=["hot"])
    assert (answer["status"], answer["title"], answer["tags"]) == ("open", "Fire", ["hot"])
    assert causes() == [KEPT]
    assert FinCall.objects.latest("pk").detail == KEPT
    pull(caller, opened)
    assert update(caller, opened, status=status)["status"] != "open"
    assert causes() == []


def test_a_mail_that_was_long_under_way_is_not_closed_over(caller: Caller, opened: Ticket) -> None:
    say(opened, created=NOON - timedelta(hours=4))
    assert update(caller, opened, status="resolved")["status"] == "open"


def test_a_mail_after_fins_own_answer_is_not_closed_over(
    caller: Caller, opened: Ticket, fins: User
) -> None:
    say(opened)
    caller.ask(
        "create_message",
        conversation_id=str(opened.pk),
        object_id="m-1",
        body="<p>Done</p>",
        author={"id": str(fins.pk), "user_type": "agent"},
    )
    assert update(caller, opened, status="resolved")["status"] == "open"


def test_what_fin_has_written_it_may_close(
    caller: Caller, opened: Ticket, customer: Customer, fins: User
) -> None:
    for author, kind in ((customer, "end_user"), (fins, "agent")):
        caller.ask(
            "create_message",
            conversation_id=str(opened.pk),
            object_id=kind,
            body="<p>Done</p>",
            author={"id": str(author.pk), "user_type": kind},
        )
    assert update(caller, opened, status="resolved")["status"] == "resolved"
    say(opened)
    assert update(caller, opened, status="resolved")["status"] == "resolved"
    assert update(caller, opened, status="open")["status"] == "open"
    assert causes() == []


def test_a_status_that_a_person_has_changed_is_kept_once(caller: Caller, opened: Ticket) -> None:
    say(opened)
    Ticket.objects.update(status=Status.objects.get(slug="solved"))
    assert update(caller, opened, status="closed")["status"] == "resolved"
    assert causes() == [KEPT]


def test_a_message_that_is_gone_is_no_word(caller: Caller, opened: Ticket) -> None:
    Reply.objects.all().delete()
    assert update(caller, opened, status="resolved")["status"] == "resolved"


def test_where_no_message_was_ever_shown_fins_word_counts(caller: Caller, opened: Ticket) -> None:
    say(opened)
    ConversationState.objects.update(extent={})
    assert update(caller, opened, status="resolved")["status"] == "resolved"


def test_only_an_end_costs_a_statement_for_each_table(opened: Ticket) -> None:
    counts = []
    for changes in ({"title": "b"}, {"status": "open"}, {"status": "resolved"}):
        with CaptureQueriesContext(connection) as queries:
            ask("update_conversation", conversation_id=str(opened.pk), **changes)
        counts.append(sum("COUNT(" in query["sql"] for query in queries))
    assert counts == [0, 0, 1]


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What the host hears of handovers."""
    names: list[str] = []

    def requested(**_: Any) -> None:
        names.append("requested")

    def unanswered(**_: Any) -> None:
        names.append("unanswered")

    handover_requested.connect(requested)
    handover_unanswered.connect(unanswered)
    yield names
    handover_requested.disconnect(requested)
    handover_unanswered.disconnect(unanswered)


def handed_over(caller: Caller, opened: Ticket, clock: Clock) -> ConversationState:
    """The state, 20 minutes after Fin has handed it over."""
    update(caller, opened, assignee_id=None)
    clock.advance(minutes=20)
    handover_watch.watch(clock.now)
    state: ConversationState = ConversationState.objects.get()
    return state


def test_a_colleague_who_answered_just_before_a_handover_has_answered(
    caller: Caller, opened: Ticket, sarah: User, clock: Clock, heard: list[str]
) -> None:
    say(opened, staff=sarah, created=NOON - timedelta(seconds=1))
    state = handed_over(caller, opened, clock)
    assert (state.handover, state.answered_at, state.handed_over_at) == ("answered", NOON, NOON)
    assert heard == ["requested"]
    assert Ticket.objects.get().assignee is None


@pytest.mark.parametrize(
    "values", [{"staff": None}, {"internal": True}, {"created": NOON - timedelta(hours=2)}]
)
def test_what_is_no_new_answer_of_a_person_leaves_the_handover_waiting(
    caller: Caller,
    opened: Ticket,
    sarah: User,
    clock: Clock,
    heard: list[str],
    values: dict[str, Any],
) -> None:
    say(opened, **{"staff": sarah, "created": NOON - timedelta(seconds=1), **values})
    assert handed_over(caller, opened, clock).handover == "late"
    assert heard == ["requested", "unanswered"]


def test_an_answer_that_fin_has_seen_is_none_to_its_handover(
    caller: Caller, opened: Ticket, sarah: User, clock: Clock, heard: list[str]
) -> None:
    say(opened, staff=sarah, created=NOON - timedelta(microseconds=999_001))
    pull(caller, opened)
    say(opened, staff=sarah, internal=True)
    assert handed_over(caller, opened, clock).handover == "late"


def test_of_a_conversation_without_messages_each_answer_is_new(
    ticket: Ticket, sarah: User
) -> None:
    desk = current()
    seen = extent(desk, ticket)
    assert not has_unseen(desk, ticket, ConversationState(extent=seen))
    assert not has_unseen_answer(desk, ticket, seen)
    say(ticket, staff=sarah, created=ticket.created + timedelta(seconds=1))
    assert has_unseen(desk, ticket, ConversationState(extent=seen))
    assert has_unseen_answer(desk, ticket, seen)
