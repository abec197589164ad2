"""What Fin derives at the end of a sync, and what people did meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models.signals import post_save, pre_save
from pytest_django import Settings

from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import current
from fin_bridge.models import ConversationState, Event, FinCall, Kept
from fin_bridge.signals import handover_requested
from helpdesk_demo.models import Customer, Label, Status, Ticket
from tests.support.fin_caller import Caller, let_in
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fins_agent(sarah: User, settings: Settings) -> User:
    """The account that acts as Fin; Sarah is another."""
    return User.objects.create_user("fin", "fin@example.com", is_staff=True, first_name="Fin")


@pytest.fixture
def opened(caller: Caller, settings: Settings, customer: Customer, fins_agent: User) -> Ticket:
    """A ticket that Fin has opened and holds."""
    let_in(settings, AGENT_ID=str(fins_agent.pk))
    caller.opens(str(customer.pk), title="Fire", attributes={"a": 1})
    return Ticket.objects.get()


@pytest.fixture
def handovers() -> Iterator[list[dict[str, Any]]]:
    """What the host hears of them."""
    heard: list[dict[str, Any]] = []

    def hear(**given: Any) -> None:
        heard.append(given)

    handover_requested.connect(hear)
    yield heard
    handover_requested.disconnect(hear)


def update(caller: Caller, ticket: Ticket, **changes: Any) -> Any:
    return caller.ask("update_conversation", conversation_id=str(ticket.pk), **changes)


def load(caller: Caller, ticket: Ticket) -> Any:
    return caller.ask("get_conversation", conversation_id=str(ticket.pk))


def causes() -> list[str]:
    return list(Event.objects.values_list("cause", flat=True))


def by_a_person(ticket: Ticket, **changes: Any) -> None:
    """Without an event of its own, so that only what follows is seen."""
    Ticket.objects.filter(pk=ticket.pk).update(**changes)


def test_all_that_fin_derives_is_written(caller: Caller, opened: Ticket) -> None:
    answer = update(
        caller,
        opened,
        title="Printer on fire",
        tags=["hot", "printer"],
        status="resolved",
        attributes={"a": None, "b": {"c": [1, 2.5, True, None]}},
        last_user_read_at="2026-11-22T10:00:00Z",
    )
    assert answer == load(caller, opened)
    assert (answer["title"], answer["status"]) == ("Printer on fire", "resolved")
    assert answer["tags"] == ["hot", "printer"]
    assert answer["attributes"] == {"b": {"c": [1, 2.5, True, None]}}
    state = ConversationState.objects.get()
    assert state.customer_read_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert causes() == []


def test_absent_is_unchanged_and_null_is_not(caller: Caller, opened: Ticket) -> None:
    before = load(caller, opened)
    assert update(caller, opened) == before
    assert update(caller, opened, title=None)["title"] is None
    assert update(caller, opened, tags=["a"], attributes={})["attributes"] == {"a": 1}
    assert update(caller, opened)["tags"] == ["a"]
    assert update(caller, opened, tags=[])["tags"] == []


def test_what_stands_already_is_not_written(caller: Caller, opened: Ticket) -> None:
    values = {"title": "x" * 300, "tags": ["b", "a", "b", " "], "status": "closed"}
    first = update(caller, opened, **values)
    saved: list[Any] = []

    def note(**given: Any) -> None:
        saved.append(given)

    post_save.connect(note, sender=Ticket)
    try:
        assert update(caller, opened, **values) == first
    finally:
        post_save.disconnect(note, sender=Ticket)
    assert saved == []
    assert causes() == []


def test_a_status_that_the_helpdesk_lacks_is_its_nearest(caller: Caller, opened: Ticket) -> None:
    assert update(caller, opened, status="ended")["status"] == "closed"
    assert update(caller, opened, status="ended")["status"] == "closed"
    assert causes() == []


def test_when_the_customer_has_read_goes_on_and_never_back(caller: Caller, opened: Ticket) -> None:
    for moment in ("2026-11-22T12:00:00+02:00", "2026-11-22T09:00:00", None):
        update(caller, opened, last_user_read_at=moment)
    state = ConversationState.objects.get()
    assert state.customer_read_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


def retitle(ticket: Ticket) -> None:
    by_a_person(ticket, subject="By a person")


def solve(ticket: Ticket) -> None:
    by_a_person(ticket, status=Status.objects.get(slug="archived"))


def tag(ticket: Ticket) -> None:
    ticket.labels.through.objects.bulk_create(
        [ticket.labels.through(ticket=ticket, label=Label.objects.create(name="by-a-person"))]
    )


def set_attribute(ticket: Ticket) -> None:
    Kept.objects.filter(kind="conversation").update(values={"attributes": {"a": "by-a-person"}})


PEOPLE = [
    (retitle, {"title": "By Fin"}, "title", "By a person", "title"),
    (solve, {"status": "resolved"}, "status", "closed", "status"),
    (tag, {"tags": ["by-fin"]}, "tags", ["by-a-person"], "tags"),
    (set_attribute, {"attributes": {"a": 2}}, "attributes", {"a": "by-a-person"}, "attribute a"),
]


@pytest.mark.parametrize(("act", "fins", "word", "stays", "named"), PEOPLE)
def test_what_a_person_changed_since_stays_and_fin_is_told(
    caller: Caller,
    opened: Ticket,
    act: Callable[[Ticket], None],
    fins: dict[str, Any],
    word: str,
    stays: Any,
    named: str,
) -> None:
    act(opened)
    answer = update(caller, opened, **{"title": "Fire", **fins})
    assert answer[word] == stays
    assert causes() == [f"a person's change was kept: {named}"]
    assert FinCall.objects.latest("pk").detail == causes()[0]
    # Now Fin has been shown it: what it says from here on is about that.
    assert update(caller, opened, **fins)[word] == fins[word]
    assert len(causes()) == 1


@pytest.mark.parametrize(("act", "fins", "word", "stays", "named"), PEOPLE)
def test_what_fin_has_seen_it_may_change(
    caller: Caller,
    opened: Ticket,
    act: Callable[[Ticket], None],
    fins: dict[str, Any],
    word: str,
    stays: Any,
    named: str,
) -> None:
    act(opened)
    assert load(caller, opened)[word] == stays
    assert update(caller, opened, **fins)[word] == fins[word]
    assert causes() == []


def test_only_what_a_person_changed_stays(caller: Caller, opened: Ticket) -> None:
    by_a_person(opened, subject="By a person")
    answer = update(caller, opened, title="By Fin", status="resolved", tags=["by-fin"])
    assert (answer["title"], answer["status"]) == ("By a person", "resolved")
    assert answer["tags"] == ["by-fin"]


def test_fins_word_counts_where_nothing_was_ever_shown(caller: Caller, ticket: Ticket) -> None:
    answer = update(caller, ticket, title="By Fin", tags=["by-fin"], attributes={"a": 1})
    assert (answer["title"], answer["tags"]) == ("By Fin", ["by-fin"])


def test_null_hands_over_what_fin_holds_once(
    caller: Caller, opened: Ticket, handovers: list[dict[str, Any]], stopped_clock: Clock
) -> None:
    assert load(caller, opened)["assignee"] is not None
    for _ in range(3):
        assert update(caller, opened, assignee_id=None)["assignee"] is None
    state = ConversationState.objects.get()
    assert (state.holder, state.handed_over_at) == ("people", stopped_clock.now)
    [heard] = handovers
    assert heard["conversation"] == opened
    assert heard["conversation_id"] == str(opened.pk)
    assert (heard["integration"], heard["sender"]) == ("default", Ticket)
    assert causes() == []


def test_null_takes_nothing_from_people(
    caller: Caller, opened: Ticket, sarah: User, handovers: list[dict[str, Any]]
) -> None:
    by_a_person(opened, assignee=sarah)
    assert update(caller, opened, assignee_id=None)["assignee"]["id"] == str(sarah.pk)
    by_a_person(opened, assignee=None)
    assert update(caller, opened, assignee_id=None)["assignee"] is None
    assert handovers == []
    assert causes() == []


def test_null_says_nothing_of_what_nobody_holds(
    caller: Caller, ticket: Ticket, handovers: list[dict[str, Any]]
) -> None:
    update(caller, ticket, assignee_id=None)
    assert handovers == []
    assert ConversationState.objects.get().holder == ""


def test_what_people_give_back_is_handed_over_again(
    caller: Caller,
    opened: Ticket,
    fins_agent: User,
    handovers: list[dict[str, Any]],
    stopped_clock: Clock,
) -> None:
    update(caller, opened, assignee_id=None)
    assert ConversationState.objects.get().handover == "waiting"
    ConversationState.objects.update(handover="answered", answered_at=stopped_clock.now)
    by_a_person(opened, assignee=fins_agent)
    update(caller, opened, assignee_id=None)
    assert len(handovers) == 2
    state = ConversationState.objects.get()
    assert (state.handover, state.answered_at) == ("waiting", None)


def test_where_fin_answers_in_nobodys_hands_it_holds(
    caller: Caller, ticket: Ticket, fins_agent: User, handovers: list[dict[str, Any]]
) -> None:
    caller.ask(
        "create_message",
        conversation_id=str(ticket.pk),
        object_id="m",
        body="Let me see.",
        author={"id": str(fins_agent.pk), "user_type": "agent"},
    )
    update(caller, ticket, assignee_id=None)
    assert len(handovers) == 1


def test_a_receiver_that_fails_breaks_nothing(caller: Caller, opened: Ticket) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("no")

    handover_requested.connect(fail)
    try:
        update(caller, opened, assignee_id=None)
    finally:
        handover_requested.disconnect(fail)


def test_fin_assigns_where_nobody_is(
    caller: Caller, opened: Ticket, sarah: User, fins_agent: User
) -> None:
    update(caller, opened, assignee_id=None)
    assert update(caller, opened, assignee_id=str(fins_agent.pk))["assignee"]["name"] == "Fin"
    assert ConversationState.objects.get().holder == "fin"
    assert update(caller, opened, assignee_id=str(sarah.pk))["assignee"]["id"] == str(sarah.pk)
    assert ConversationState.objects.get().holder == "people"
    assert update(caller, opened, assignee_id=str(sarah.pk))["assignee"]["id"] == str(sarah.pk)
    assert causes() == []


def test_fin_displaces_no_person_even_one_that_it_has_seen(
    caller: Caller, opened: Ticket, sarah: User, fins_agent: User
) -> None:
    by_a_person(opened, assignee=sarah)
    load(caller, opened)
    answer = update(caller, opened, assignee_id=str(fins_agent.pk))
    assert answer["assignee"]["id"] == str(sarah.pk)
    assert causes() == ["a person's change was kept: assignee"]


def test_fin_does_not_assign_what_a_person_has_just_freed(
    caller: Caller, opened: Ticket, sarah: User
) -> None:
    load(caller, opened)
    by_a_person(opened, assignee=None)
    assert update(caller, opened, assignee_id=str(sarah.pk))["assignee"] is None
    assert causes() == ["a person's change was kept: assignee"]


def test_an_agent_who_has_left_costs_the_assignee_alone(
    caller: Caller, opened: Ticket, sarah: User
) -> None:
    update(caller, opened, assignee_id=None)
    sarah.is_active = False
    sarah.save()
    gone = str(sarah.pk)
    answer = update(caller, opened, title="x", tags=["a"], status="resolved", assignee_id=gone)
    assert (answer["title"], answer["tags"], answer["status"]) == ("x", ["a"], "resolved")
    assert answer["assignee"] is None
    assert causes() == [f"the helpdesk did not take: assignee (there is no agent {gone!r})"]
    assert FinCall.objects.latest("pk").detail == causes()[0]


def test_an_agent_who_has_left_since_is_a_persons_change(
    caller: Caller, opened: Ticket, sarah: User
) -> None:
    former = User.objects.create_user("max", is_staff=True)
    by_a_person(opened, assignee=former)
    load(caller, opened)
    former.is_active = False
    former.save()
    by_a_person(opened, assignee=sarah)
    answer = update(caller, opened, title="x", assignee_id=str(former.pk))
    assert (answer["title"], answer["assignee"]["id"]) == ("x", str(sarah.pk))
    assert "a person's change was kept: assignee" in causes()


def test_what_the_helpdesk_makes_of_it_is_told_again(caller: Caller, opened: Ticket) -> None:
    def shout(instance: Ticket, **_: Any) -> None:
        instance.subject = instance.subject.upper()

    pre_save.connect(shout, sender=Ticket)
    try:
        assert update(caller, opened, title="Water")["title"] == "WATER"
    finally:
        pre_save.disconnect(shout, sender=Ticket)
    assert causes() == ["the helpdesk changed what Fin wrote"]


def test_a_handover_that_the_helpdesk_refuses_costs_itself_alone(
    caller: Caller, opened: Ticket, fins_agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise RefusedError("No.")

    monkeypatch.setattr(current().conversations, "handover", refuse)
    answer = update(caller, opened, title="x", assignee_id=None)
    assert (answer["title"], answer["assignee"]["id"]) == ("x", str(fins_agent.pk))
    assert causes() == ["the helpdesk did not take: assignee (No.)"]
    assert ConversationState.objects.get().handover == ""


def test_the_end_user_of_the_posts_only_dialect_is_updated(
    posts_only: Caller, customer: Customer
) -> None:
    posts_only.opens(str(customer.pk))
    Customer.objects.update(full_name="")
    ticket = Ticket.objects.get()
    user = {"id": str(customer.pk), "name": "Ada L.", "attributes": {"plan": "free", "vip": 1}}
    shown = update(posts_only, ticket, user=user)["user"]
    assert shown["name"] == "Ada L."
    assert shown["attributes"] == {"plan": "free", "company": "", "vip": 1}
    user = {"id": str(customer.pk), "name": "Somebody else"}
    assert update(posts_only, ticket, user=user)["user"] == shown


def test_what_a_person_changed_of_the_end_user_stays(
    posts_only: Caller, customer: Customer
) -> None:
    posts_only.opens(str(customer.pk))
    Customer.objects.update(plan="gold")
    user = {"id": str(customer.pk), "attributes": {"plan": "free", "company": "Acme"}}
    shown = update(posts_only, Ticket.objects.get(), user=user)["user"]
    assert shown["attributes"] == {"plan": "gold", "company": "Acme"}
    assert causes() == ["a person's change was kept: the end user's plan"]


def test_what_fin_wrote_of_the_end_user_elsewhere_is_no_persons_change(
    posts_only: Caller, customer: Customer, stopped_clock: Clock
) -> None:
    user_id = str(customer.pk)
    posts_only.opens(user_id)
    posts_only.opens(user_id, "conv-2")
    first, second = Ticket.objects.order_by("pk")

    def write(ticket: Ticket, **attributes: Any) -> Any:
        stopped_clock.advance(20)
        user = {"id": user_id, "attributes": attributes}
        return update(posts_only, ticket, user=user)["user"]["attributes"]

    posts_only.ask("update_user", user_id=user_id, attributes={"plan": "free", "vip": 1})
    assert write(first, plan="gold", company="Acme")["plan"] == "gold"
    assert write(second, plan="lead", company=None, vip=None) == {"plan": "lead", "company": ""}
    assert write(first, plan="pro", vip=2) == {"plan": "pro", "company": "", "vip": 2}
    assert causes() == []
    Customer.objects.update(plan="by-a-person")
    assert write(second, plan="free", vip=3) == {"plan": "by-a-person", "company": "", "vip": 3}
    assert causes() == ["a person's change was kept: the end user's plan"]


def test_attributes_of_the_customer_before_are_not_compared_with(
    posts_only: Caller, customer: Customer
) -> None:
    posts_only.opens(str(customer.pk))
    other = Customer.objects.create(full_name="Eve", plan="gold")
    ticket = Ticket.objects.get()
    by_a_person(ticket, customer=other)
    user = {"id": str(other.pk), "attributes": {"plan": "free"}}
    assert update(posts_only, ticket, user=user)["user"]["attributes"]["plan"] == "free"
    assert causes() == []


def test_nobody_elses_attributes_are_touched(posts_only: Caller, customer: Customer) -> None:
    posts_only.opens(str(customer.pk))
    other = Customer.objects.create(full_name="Eve")
    user = {"id": str(other.pk), "attributes": {"plan": "free"}}
    assert update(posts_only, Ticket.objects.get(), user=user)["user"]["id"] == str(customer.pk)
    assert {one.plan for one in Customer.objects.all()} == {"pro", ""}


def test_an_end_user_is_known_by_fins_own_id(posts_only: Caller, statuses: object) -> None:
    posts_only.opens("fins-own", user={"id": "fins-own", "name": "Bob"})
    user = {"id": "fins-own", "attributes": {"plan": "free"}}
    shown = update(posts_only, Ticket.objects.get(), user=user)["user"]
    assert shown["attributes"]["plan"] == "free"


def test_an_end_user_that_the_helpdesk_refuses_does_not_fail_the_sync(
    posts_only: Caller, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts_only.opens(str(customer.pk))

    def refuse(*_: Any) -> None:
        raise RefusedError("No.")

    monkeypatch.setattr(current().end_users, "put", refuse)
    user = {"id": str(customer.pk), "attributes": {"plan": "free"}}
    assert update(posts_only, Ticket.objects.get(), user=user, title="x")["title"] == "x"
    assert FinCall.objects.latest("pk").detail == "of the end user: attribute plan (No.)"


WRONG: list[dict[str, Any]] = [
    {"title": 5},
    {"title": []},
    {"tags": None},
    {"tags": "a"},
    {"tags": {}},
    {"tags": [1]},
    {"tags": [None]},
    {"tags": ["a\x00"]},
    {"attributes": None},
    {"attributes": []},
    {"attributes": "{}"},
    {"attributes": {"a\x00": 1}},
    {"attributes": {"a": ["\x00"]}},
    {"status": None},
    {"status": "snoozed"},
    {"status": 1},
    {"status": ["open"]},
    {"assignee_id": 5},
    {"assignee_id": ""},
    {"assignee_id": {}},
    {"last_user_read_at": "soon"},
    {"last_user_read_at": 1700000000},
    {"last_user_read_at": "2026-13-41T00:00:00Z"},
    {"last_user_read_at": "0001-01-01T00:00:00+23:59"},
    {"last_user_read_at": []},
]


WRONG_USERS: list[Any] = [
    5,
    [],
    {},
    {"id": 5},
    {"id": "1", "user_type": "agent"},
    {"id": "1", "attributes": []},
]


def test_what_is_wrong_is_refused_by_its_name(
    caller: Caller, ticket: Ticket, subtests: pytest.Subtests
) -> None:
    of_users = WRONG_USERS if caller.dialect == "posts_only" else []
    for wrong in [*WRONG, *({"user": user} for user in of_users)]:
        with subtests.test(wrong=wrong):
            status, detail = caller.refused(
                "update_conversation", conversation_id=str(ticket.pk), **wrong
            )
            assert status == 400
            assert detail.startswith(next(iter(wrong)))
