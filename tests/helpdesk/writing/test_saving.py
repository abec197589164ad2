"""Only what changed is written, and a refusal has one form."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.signals import pre_save
from pytest_django import DjangoAssertNumQueries

from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import Helpdesk
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
