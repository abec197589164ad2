"""A customer stays the conversation's customer: merged, trashed, erased or corrected meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.database import clock
from fin_bridge.helpdesk.refused_messages import resubmit
from fin_bridge.models import ConversationState, Event, FinCall, FinReference, KeptMessage
from fin_bridge.signals import alarm_raised
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Customer, Reply, Status, Ticket
from tests.support.fin_caller import Caller
from tests.support.world import make_ticket

pytestmark = pytest.mark.django_db(transaction=True)

HERE = "tests.api.operations.test_authors"


class Customers(demo.Customers):
    """Somebody of the plan `trash` is in the trash; `company` names who they were merged into."""

    where = {"plan": ["", "pro"]}

    def merged_into(self, local_id: str, obj: Any | None) -> Any | None:
        row = obj or Customer.objects.filter(pk=local_id).first()
        return Customer.objects.filter(full_name=row.company).first() if row else None


class Tickets(demo.Tickets):
    """A ticket of whom `company` is `erased` has no customer; a subject names where it went."""

    scope = "known"

    def get_user(self, ticket: Ticket) -> Customer | None:
        return None if ticket.customer.email == "erased@example.com" else ticket.customer

    def merged_into(self, local_id: str, obj: Any | None) -> Any | None:
        heir = f"was {local_id}" if obj is None else obj.subject.partition("into ")[2]
        return Ticket.objects.filter(subject=heir).first() if heir else None


desk = fin.Helpdesk(Customers, demo.Staff, Tickets, demo.Openings, demo.Replies)


@pytest.fixture(autouse=True)
def _described(settings: Settings) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"{HERE}.desk"


@pytest.fixture
def alarms() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(**given: Any) -> None:
        heard.append(given["reason"])

    alarm_raised.connect(hear)
    yield heard
    alarm_raised.disconnect(hear)


@pytest.fixture
def opened(caller: Caller, customer: Customer) -> Ticket:
    """A ticket that Fin has opened for Ada."""
    caller.opens(str(customer.pk))
    return Ticket.objects.get()


def says(caller: Caller, ticket: Ticket, author_id: str, object_id: str = "m-1") -> Any:
    return caller.call(
        "create_message",
        conversation_id=str(ticket.pk),
        object_id=object_id,
        body="<p>Still burning</p>",
        author={"id": author_id, "user_type": "end_user"},
    )


def shown(caller: Caller, ticket: Ticket) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.ask("get_messages", conversation_id=str(ticket.pk))
    return found


def bob() -> Customer:
    return Customer.objects.create(full_name="Bob", email="bob@example.com")


def test_the_requester_is_corrected(caller: Caller, opened: Ticket, customer: Customer) -> None:
    other = bob()
    Ticket.objects.update(customer=other)
    answer = says(caller, opened, str(customer.pk))
    assert (answer.status, answer.data["author"]["id"]) == (201, str(other.pk))
    assert answer.data["body"] == "<p>Still burning</p>"
    assert says(caller, opened, str(customer.pk)).data == answer.data
    assert Reply.objects.get().ticket == opened
    assert not KeptMessage.objects.exists()


def test_the_requester_whom_a_pull_or_an_update_has_shown_is_corrected(
    caller: Caller, customer: Customer, sarah: User, subtests: pytest.Subtests
) -> None:
    for operation in ("get_conversation", "update_conversation"):
        with subtests.test(operation):
            ticket = make_ticket(customer)
            ConversationState.objects.create(
                integration="default", conversation_id=ticket.pk, known_at=clock.now("default")
            )
            caller.ask(operation, conversation_id=str(ticket.pk))
            Ticket.objects.filter(pk=ticket.pk).update(customer=bob())
            assert says(caller, ticket, str(customer.pk), operation).status == 201


def test_only_who_was_the_customer_may_write(caller: Caller, opened: Ticket) -> None:
    other = bob()
    assert says(caller, opened, str(other.pk)).status == 400
    assert says(caller, opened, "999").status == 404
    other.delete()
    assert says(caller, opened, str(other.pk)).status == 404
    assert not Reply.objects.exists()


def test_the_contact_was_merged_and_deleted(
    caller: Caller, opened: Ticket, customer: Customer
) -> None:
    other, former = bob(), str(customer.pk)
    Ticket.objects.update(customer=other)
    customer.delete()
    assert says(caller, opened, former).data["author"]["id"] == str(other.pk)


def test_whom_fin_created_is_known_by_both_ids(caller: Caller, statuses: object) -> None:
    user = caller.ask("create_user", object_id="u-1", name="Bob", email=None)
    caller.opens(user["id"])
    ticket, other = Ticket.objects.get(), bob()
    Ticket.objects.update(customer=other)
    Customer.objects.filter(pk=user["id"]).delete()
    for number, author_id in enumerate([user["id"], "u-1"]):
        answer = says(caller, ticket, author_id, f"m-{number}")
        assert answer.data["author"]["id"] == str(other.pk)


def test_the_contact_was_merged_and_stands_on_the_ticket(
    caller: Caller, opened: Ticket, customer: Customer
) -> None:
    other = bob()
    Customer.objects.filter(pk=customer.pk).update(plan="trash", company="Bob")
    answer = says(caller, opened, str(customer.pk))
    assert answer.status == 201
    assert says(caller, opened, str(other.pk), "m-2").status == 201
    assert Reply.objects.count() == 2
    assert caller.ask("get_user", user_id=str(customer.pk))["id"] == str(other.pk)
    caller.opens(str(customer.pk), "conv-2")
    assert Ticket.objects.get(customer=other)


@pytest.mark.parametrize("change", [{"plan": "trash"}, {"email": "erased@example.com"}])
def test_words_of_somebody_of_whom_nothing_is_left_are_kept(
    caller: Caller,
    opened: Ticket,
    customer: Customer,
    alarms: list[str],
    change: dict[str, str],
) -> None:
    Customer.objects.filter(pk=customer.pk).update(**change)
    answer = says(caller, opened, str(customer.pk))
    assert answer.status == 201
    assert answer.data["author"]["user_type"] == "end_user"
    assert answer.data["author"]["id"] == str(customer.pk)
    assert alarms == ["message_refused"]
    assert says(caller, opened, str(customer.pk)).data == answer.data
    assert answer.data in shown(caller, opened)
    assert not Reply.objects.exists()
    resubmit(clock.now("default") + timedelta(minutes=2))
    assert not Reply.objects.exists()
    # The agent gives the conversation a customer again.
    Ticket.objects.update(customer=bob())
    resubmit(clock.now("default") + timedelta(days=1))
    assert Reply.objects.get().staff is None
    assert [message["id"] for message in shown(caller, opened)][1:] == [answer.data["id"]]


def test_the_unknown_customer_whom_fin_is_shown_may_write(
    caller: Caller, opened: Ticket, customer: Customer, alarms: list[str]
) -> None:
    Customer.objects.filter(pk=customer.pk).update(email="erased@example.com")
    user = caller.ask("get_conversation", conversation_id=str(opened.pk))["user"]
    assert user["id"] == "unknown"
    assert says(caller, opened, "unknown").status == 201
    assert says(caller, opened, str(customer.pk), "m-2").status == 201
    assert len(alarms) == 2


def test_somebody_who_is_gone_is_created_anew(
    caller: Caller, sarah: User, statuses: object
) -> None:
    first = caller.ask("create_user", object_id="u-1", name="Bob", email=None)
    caller.opens(first["id"])
    ticket, other = Ticket.objects.get(), bob()
    Ticket.objects.update(customer=other)
    ids = [first["id"]]
    for _ in range(2):
        Customer.objects.filter(pk=ids[-1]).delete()
        made = caller.call("create_user", object_id="u-1", name="Bob", email=None)
        assert made.status == 201
        assert made.data["id"] not in ids
        assert caller.ask("create_user", object_id="u-1", name="X", email=None) == made.data
        ids.append(made.data["id"])
    # All ids lead to the one who is there, and each may write as the customer that Fin knew.
    for number, user_id in enumerate([*ids, "u-1"]):
        assert caller.ask("get_user", user_id=user_id)["id"] == ids[-1]
        assert says(caller, ticket, user_id, f"m-{number}").data["author"]["id"] == str(other.pk)
    assert FinReference.objects.filter(kind="end_user").count() == 1


def test_a_conversation_of_somebody_who_is_gone_gets_a_new_one(
    posts_only: Caller, statuses: object
) -> None:
    user = {"id": "u-1", "object_id": "u-1", "name": "Bob"}
    opened = posts_only.opens("u-1", user=user)["conversation"]
    Ticket.objects.all().delete()
    Customer.objects.all().delete()
    again = posts_only.opens("u-1", "conv-2", user={**user, "id": opened["user"]["id"]})
    assert again["conversation"]["user"]["id"] == str(Customer.objects.get().pk)
    former = {"id": opened["user"]["id"], "attributes": {"vip": True}}
    updated = posts_only.ask(
        "update_conversation", conversation_id=again["conversation"]["id"], user=former
    )
    assert updated["user"]["attributes"]["vip"] is True


def test_words_go_to_what_a_merged_conversation_lives_on_as(
    caller: Caller, opened: Ticket, customer: Customer, sarah: User
) -> None:
    heir = make_ticket(customer, subject="Heir", status=Status.objects.get(slug="archived"))
    Ticket.objects.filter(pk=opened.pk).update(
        subject="into Heir", status=Status.objects.get(slug="solved")
    )
    answer = says(caller, opened, str(customer.pk))
    assert (answer.status, answer.data["conversation_id"]) == (201, str(opened.pk))
    by_fin = caller.ask(
        "create_message",
        conversation_id=str(opened.pk),
        object_id="m-2",
        body="<p>Soon</p>",
        author={"id": str(sarah.pk), "user_type": "agent"},
    )
    assert by_fin["conversation_id"] == str(opened.pk)
    assert says(caller, opened, str(customer.pk)).data == answer.data
    assert {reply.ticket for reply in Reply.objects.all()} == {heir}
    slugs = dict(Ticket.objects.values_list("subject", "status__slug"))
    assert slugs == {"into Heir": "solved", "Heir": "waiting"}
    # Fin hears of the conversation in which its words are, and may read it.
    assert set(Event.objects.values_list("conversation_id", flat=True)) == {str(heir.pk)}
    ids = [message["id"] for message in shown(caller, heir)]
    assert ids[-2:] == [answer.data["id"], by_fin["id"]]
    assert "was merged" in FinCall.objects.filter(conversation_id=str(heir.pk))[0].detail


def test_words_for_a_merged_conversation_that_is_deleted_are_written(
    caller: Caller, opened: Ticket, customer: Customer
) -> None:
    heir, gone = make_ticket(bob(), subject=f"was {opened.pk}"), Ticket(pk=opened.pk)
    opened.delete()
    answer = says(caller, gone, str(customer.pk))
    assert (answer.status, answer.data["conversation_id"]) == (201, str(gone.pk))
    assert Reply.objects.get().ticket == heir
    assert says(caller, gone, str(customer.pk)).data == answer.data


def test_a_message_that_stayed_behind_is_found_when_it_is_repeated(
    caller: Caller, opened: Ticket, customer: Customer
) -> None:
    first = says(caller, opened, str(customer.pk)).data
    make_ticket(customer, subject="Heir")
    Ticket.objects.filter(pk=opened.pk).update(subject="into Heir")
    assert says(caller, opened, str(customer.pk)).data == first
    assert Reply.objects.count() == 1


def test_only_a_conversation_that_fin_knows_leads_anywhere(
    caller: Caller, customer: Customer
) -> None:
    make_ticket(customer, subject="was 99999")
    assert says(caller, Ticket(pk=99999), str(customer.pk)).status == 404
    ConversationState.objects.create(
        integration="default", conversation_id="99998", known_at=clock.now("default")
    )
    assert says(caller, Ticket(pk=99998), str(customer.pk)).status == 404
    strange = make_ticket(customer, subject="into was 99999")
    assert says(caller, strange, str(customer.pk)).status == 404
