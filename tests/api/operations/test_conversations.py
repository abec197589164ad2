"""Creating and loading conversations, in both dialects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import OperationalError
from pytest_django import Settings

from fin_bridge.helpdesk import current
from fin_bridge.models import ConversationState, Event, FinReference
from helpdesk_demo.models import Customer, Label, Reply, Ticket
from tests.support.fin_caller import Caller, let_in

pytestmark = pytest.mark.django_db(transaction=True)


UNKNOWN = ["999", "abc", "-1", "01", "1 ", "1" * 5000, "💥", "opening-1"]


def test_a_conversation_is_created_with_its_message(caller: Caller, customer: Customer) -> None:
    made = caller.opens(str(customer.pk), title="Fire", attributes={"channel": "web"})
    conversation, message = made["conversation"], made["message"]
    assert conversation["title"] == "Fire"
    assert conversation["status"] == "open"
    assert conversation["user"]["id"] == str(customer.pk)
    assert conversation["user"]["attributes"] == {"plan": "pro", "company": ""}
    assert conversation["attributes"] == {"channel": "web"}
    assert (conversation["tags"], conversation["assignee"]) == ([], None)
    assert message["conversation_id"] == conversation["id"]
    assert message["body"] == "<p>My printer burns.</p>"
    assert message["author"]["id"] == str(customer.pk)
    ticket = Ticket.objects.get()
    assert (str(ticket.pk), ticket.description) == (conversation["id"], message["body"])
    state = ConversationState.objects.get()
    assert (state.conversation_id, state.holder) == (conversation["id"], "fin")
    assert state.known_at is not None
    assert not Event.objects.exists()


def test_it_is_in_the_hands_of_fins_agent(
    caller: Caller, customer: Customer, sarah: User, settings: Settings
) -> None:
    let_in(settings, AGENT_ID=str(sarah.pk))
    assert caller.opens(str(customer.pk))["conversation"]["assignee"]["id"] == str(sarah.pk)


def test_attributes_of_both_places_are_the_conversations(
    caller: Caller, customer: Customer
) -> None:
    made = caller.opens(
        str(customer.pk), attributes={"a": 1, "b": 1}, message={"attributes": {"b": 2, "c": 2}}
    )
    assert made["conversation"]["attributes"] == {"a": 1, "b": 1, "c": 2}


def test_an_agents_first_message_is_not_the_customers(
    caller: Caller, customer: Customer, sarah: User
) -> None:
    author = {"id": str(sarah.pk), "user_type": "agent"}
    made = caller.opens(str(customer.pk), message={"author": author, "body": "<p>Hello!</p>"})
    assert made["message"]["author"]["id"] == str(sarah.pk)
    assert made["conversation"]["assignee"]["id"] == str(sarah.pk)
    assert Ticket.objects.get().description == ""
    assert Reply.objects.get().staff == sarah
    assert caller.opens(str(customer.pk)) == made


def test_a_private_first_message_is_a_note(caller: Caller, customer: Customer) -> None:
    made = caller.opens(str(customer.pk), message={"visibility": "private"})
    assert made["message"]["visibility"] == "private"
    assert Reply.objects.get().internal


def test_files_of_a_first_message_are_links_in_its_text(
    caller: Caller, customer: Customer
) -> None:
    attachment = {"url": "https://files.example.com/a%20b.png?x=1&y=2"}
    made = caller.opens(str(customer.pk), message={"body": None, "attachments": [attachment]})
    link = '<p><a href="https://files.example.com/a%20b.png?x=1&amp;y=2">a b.png</a></p>'
    assert made["message"]["body"] == link


def test_what_the_sanitiser_would_empty_is_shown_as_text(
    caller: Caller, customer: Customer
) -> None:
    made = caller.opens(str(customer.pk), message={"body": "<script>alert(1)</script>"})
    assert made["message"]["body"] == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_a_deadlock_is_tried_once_more(
    caller: Caller, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversations = current().conversations
    create, failures = conversations.create, [OperationalError("deadlock detected")]

    def unlucky(*given: Any) -> Any:
        if failures:
            raise failures.pop()
        return create(*given)

    monkeypatch.setattr(conversations, "create", unlucky)
    assert caller.opens(str(customer.pk))["conversation"]["id"] == str(Ticket.objects.get().pk)
    failures += [OperationalError("again"), OperationalError("and again")]
    status, detail = caller.refused(
        "create_conversation",
        object_id="another",
        user_id=str(customer.pk),
        user={"id": str(customer.pk)},
        initial_message={
            "object_id": "m",
            "body": "x",
            "author": {"id": "1", "user_type": "end_user"},
        },
    )
    assert (status, detail) == (500, "The helpdesk could not do this.")
    assert FinReference.objects.count() == 2


def test_an_unknown_end_user_of_the_rest_dialect_is_not_found(
    rest: Caller, customer: Customer
) -> None:
    status, _ = rest.refused(
        "create_conversation",
        object_id="c",
        user_id="999",
        initial_message={
            "object_id": "m",
            "body": "x",
            "author": {"id": "999", "user_type": "end_user"},
        },
    )
    assert status == 404
    assert not Ticket.objects.exists()


def test_a_new_end_user_of_the_posts_only_dialect_is_created(
    posts_only: Caller, statuses: object
) -> None:
    user = {
        "id": "fins-own-7",
        "user_type": "end_user",
        "name": "Bob",
        "email": "bob@",
        "photo_url": "javascript:no",
        "attributes": {"plan": "pro", "vip": True},
    }
    made = posts_only.opens("fins-own-7", user=user)
    shown = made["conversation"]["user"]
    assert (shown["name"], shown["email"], shown["photo_url"]) == ("Bob", "bob@", "javascript:no")
    assert shown["attributes"] == {"plan": "pro", "company": "", "vip": True}
    bob = Customer.objects.get()
    assert (bob.full_name, bob.email, bob.portrait_url, bob.plan) == ("Bob", "", "", "pro")
    again = posts_only.opens("fins-own-7", object_id="conv-2", user={"id": "fins-own-7"})
    assert again["conversation"]["user"] == shown


def test_what_is_said_of_a_known_end_user_is_noted_once_and_never_fails(
    posts_only: Caller, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = {"id": str(customer.pk), "attributes": {"plan": "free", "vip": True}}
    made = posts_only.opens(str(customer.pk), user=user)
    noted = {"plan": "free", "company": "", "vip": True}
    assert made["conversation"]["user"]["attributes"] == noted
    Customer.objects.filter(pk=customer.pk).update(plan="gold")
    posts_only.opens(str(customer.pk), user=user)
    customer.refresh_from_db()
    assert customer.plan == "gold"

    def refuse(self: Customer, *args: Any, **kwargs: Any) -> None:
        raise ValidationError("not now")

    monkeypatch.setattr(Customer, "save", refuse)
    other = {"id": str(customer.pk), "attributes": {"plan": "silver"}}
    assert posts_only.opens(str(customer.pk), user=other, object_id="another")


def test_null_attributes_of_an_end_user_are_none(posts_only: Caller, statuses: object) -> None:
    made = posts_only.opens("x", user={"id": "x", "attributes": None, "name": None})
    assert made["conversation"]["user"]["attributes"] == {"plan": "", "company": ""}


def test_a_create_is_not_repeated_for_a_deleted_conversation(
    caller: Caller, customer: Customer
) -> None:
    caller.opens(str(customer.pk))
    Ticket.objects.all().delete()
    with pytest.raises(AssertionError, match="deleted since"):
        caller.opens(str(customer.pk))


def test_a_conversation_whose_first_message_is_gone_is_not_answered(
    caller: Caller, customer: Customer
) -> None:
    caller.opens(str(customer.pk))
    Ticket.objects.update(description="")
    with pytest.raises(AssertionError, match="deleted since"):
        caller.opens(str(customer.pk), message={"object_id": "another"})


def test_a_conversation_is_loaded(caller: Caller, ticket: Ticket, sarah: User) -> None:
    ticket.labels.add(Label.objects.create(name="hot"))
    Ticket.objects.update(assignee=sarah)
    shown = caller.ask("get_conversation", conversation_id=str(ticket.pk))
    assert (shown["id"], shown["title"], shown["tags"]) == (str(ticket.pk), "Printer", ["hot"])
    assert shown["assignee"]["name"] == "Sarah Lee"


def test_an_agent_without_name_or_address_has_empty_ones_in_posts_only(
    posts_only: Caller, ticket: Ticket, sarah: User
) -> None:
    User.objects.update(first_name="", last_name="", username="", email="")
    Ticket.objects.update(assignee=sarah)
    shown = posts_only.ask("get_conversation", conversation_id=str(ticket.pk))["assignee"]
    assert (shown["name"], shown["email"]) == ("", "")


OF_A_CONVERSATION: dict[str, dict[str, Any]] = {
    "get_conversation": {},
    "get_messages": {},
    "update_conversation": {"title": "x", "assignee_id": None},
    "create_message": {
        "object_id": "m",
        "body": "x",
        "author": {"id": "1", "user_type": "end_user"},
    },
}


def test_an_unknown_conversation_is_not_found(
    caller: Caller, ticket: Ticket, subtests: pytest.Subtests
) -> None:
    for operation, values in OF_A_CONVERSATION.items():
        for conversation_id in UNKNOWN:
            with subtests.test(operation, conversation_id=conversation_id[:10]):
                answer = caller.refused(operation, conversation_id=conversation_id, **values)
                assert answer[0] == 404


def test_a_conversation_that_is_not_fins_is_not_found(
    caller: Caller, ticket: Ticket, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr(current().conversations, "scope", "known")
    for operation, values in OF_A_CONVERSATION.items():
        with subtests.test(operation):
            answer = caller.refused(operation, conversation_id=str(ticket.pk), **values)
            assert answer == (404, f"There is no conversation '{ticket.pk}'.")
    ticket.refresh_from_db()
    assert ticket.subject == "Printer"
    assert not ConversationState.objects.exists()


def test_what_fin_created_it_may_load(
    caller: Caller, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current().conversations, "scope", "known")
    made = caller.opens(str(customer.pk))["conversation"]
    assert caller.ask("get_conversation", conversation_id=made["id"]) == made


def test_an_attribute_that_json_does_not_know_is_told_as_text(
    caller: Caller, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    attributes = {"kind": str, "since": timedelta(hours=1)}
    readers = {**current().conversations._readers, "attributes": lambda _: attributes}
    monkeypatch.setattr(current().conversations, "_readers", readers)
    shown = caller.ask("get_conversation", conversation_id=str(ticket.pk))
    assert shown["attributes"] == {"kind": "<class 'str'>", "since": "P0DT01H00M00S"}
