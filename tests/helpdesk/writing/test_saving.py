"""Only what changed is written, and a refusal has one form."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError
from django.db.models.signals import pre_save
from pytest_django import DjangoAssertNumQueries

from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import Context, Helpdesk
from fin_bridge.helpdesk.writing.saving import refusals
from fin_bridge.records import AuthorReference, NewConversation, NewEndUser, NewMessage
from helpdesk_demo import fin as demo
from helpdesk_demo.models import (
    Customer,
    Reply,
    Ticket,
)
from tests.helpdesk.conftest import CONTEXT, message

pytestmark = pytest.mark.django_db


def test_what_is_the_same_is_not_written(
    desk: Helpdesk, ticket: Ticket, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ticket = desk.conversations.get(str(ticket.pk))
    assert desk.conversations.read(ticket, "tags") == []
    with django_assert_num_queries(0):
        assert desk.conversations.put(
            ticket, {"title": "Printer", "status": "open", "tags": [], "assignee": None}, CONTEXT
        )


def test_the_helpdesks_own_validation_refuses(desk: Helpdesk, customer: Customer) -> None:
    with pytest.raises(RefusedError, match="valid email"):
        desk.end_users.put(customer, {"email": "nonsense"}, CONTEXT)


def test_a_private_note_never_turns_out_public(
    bare: Helpdesk, ticket: Ticket, sarah: User
) -> None:
    with pytest.raises(RefusedError, match="public message"):
        bare.messages[0].create(ticket, message(bare, sarah, visibility="public"), CONTEXT)
    assert not Reply.objects.exists()


def test_values_that_cannot_be_validated_are_reported_as_refused(
    desk: Helpdesk, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Ticket, *args: Any, **kwargs: Any) -> None:
        raise ValidationError(["closed tickets cannot be changed", "sorry"])

    monkeypatch.setattr(Ticket, "save", refuse)
    with pytest.raises(RefusedError, match="closed tickets cannot be changed; sorry"):
        desk.conversations.put(ticket, {"title": "new"}, CONTEXT)


def test_what_is_not_permitted_is_refused(desk: Helpdesk, ticket: Ticket) -> None:
    def forbid(**_: Any) -> None:
        raise PermissionDenied

    pre_save.connect(forbid, sender=Ticket)
    try:
        with pytest.raises(RefusedError, match="does not permit"):
            desk.conversations.put(ticket, {"title": "new"}, CONTEXT)
    finally:
        pre_save.disconnect(forbid, sender=Ticket)


def refusing(error: Exception) -> Any:
    def save(self: Any, *args: Any, **kwargs: Any) -> None:
        raise error

    return save


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValidationError({"subject": ["is taken", "is odd"], "plan": "is old"}), "subject: is"),
        (IntegrityError("UNIQUE"), "cannot store one of these values: customer, subject."),
        (DataError("too long"), "cannot store one of these values: customer, subject."),
    ],
)
def test_a_refusal_names_the_fields(
    desk: Helpdesk,
    ticket: Ticket,
    error: Exception,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Ticket, "save", refusing(error))
    values = {"title": "new", "user": Customer.objects.create()}
    with pytest.raises(RefusedError, match=said) as refused:
        desk.conversations.put(ticket, values, CONTEXT)
    if isinstance(error, ValidationError):
        assert str(refused.value) == "subject: is taken is odd; plan: is old"


def test_values_of_no_known_field_are_refused_without_a_name() -> None:
    with pytest.raises(RefusedError, match=r"one of these values\.$"), refusals():
        raise IntegrityError


def test_a_save_that_returns_nothing_has_stored_it_as_it_is(ticket: Ticket) -> None:
    def save(self: Any, obj: Ticket, changed: set[str], context: Context) -> Any:
        obj.save()
        return answers.pop()

    tickets = type("Tickets", (demo.Tickets,), {"save": save})
    desk = Helpdesk(demo.Customers, demo.Staff, tickets, demo.Openings, demo.Replies)
    answers = [False, True, None]
    stands = [
        desk.conversations.put(ticket, {"title": f"Title {number}"}, CONTEXT)
        for number in range(3)
    ]
    assert stands == [True, True, False]
    ticket.refresh_from_db()
    assert ticket.subject == "Title 2"


def test_a_text_that_is_too_long_costs_no_chat(customer: Customer) -> None:
    def set_title(self: Any, obj: Ticket, value: str, context: Context) -> set[str]:
        obj.subject = value
        return {"subject"}

    def set_name(self: Any, obj: Customer, value: str, context: Context) -> set[str]:
        obj.full_name, obj.email = value, f"{value[:200]}@example.com"
        return {"full_name"}

    desk = Helpdesk(
        type("Customers", (demo.Customers,), {"set_name": set_name}),
        demo.Staff,
        type("Tickets", (demo.Tickets,), {"set_title": set_title}),
        demo.Openings,
        demo.Replies,
    )
    user = desk.end_users.create(NewEndUser(name="n" * 300), CONTEXT)
    assert (user.full_name, len(user.email)) == ("n" * 120, 212)
    first = NewMessage("m-1", AuthorReference(str(customer.pk), "end_user"), "<p>Hi</p>")
    new = NewConversation("c-1", NewEndUser(id=str(customer.pk)), first, title="t" * 300)
    ticket = desk.conversations.create(new, customer, CONTEXT)
    assert ticket.subject == "t" * 200
    with pytest.raises(RefusedError, match="subject: "):
        desk.conversations.put(ticket, {"title": "u" * 300}, CONTEXT)
