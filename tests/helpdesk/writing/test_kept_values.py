"""Values that the helpdesk has no place for."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.writing import kept_values
from helpdesk_demo.models import (
    Ticket,
)
from tests.helpdesk.conftest import CONTEXT

pytestmark = pytest.mark.django_db


def test_words_without_a_place_are_kept(bare: Helpdesk, ticket: Ticket) -> None:
    bare.conversations.put(ticket, {"tags": ["a"], "title": "x", "attributes": {"k": 1}}, CONTEXT)
    record = bare.conversations.record(ticket)
    assert (record.tags, record.title) == (("a",), None)
    assert record.attributes == {"k": 1, "number": ticket.pk}
    assert record.assignee is None
    assert record.updated_at == ticket.created
    ticket.refresh_from_db()
    assert ticket.subject == "Fin: x"


def test_what_means_nothing_to_the_helpdesk_is_not_written(
    bare: Helpdesk, ticket: Ticket, sarah: User
) -> None:
    bare.conversations.put(ticket, {"status": "closed", "assignee": sarah}, CONTEXT)
    assert kept_values.load("conversation", str(ticket.pk)) == {}
    assert bare.conversations.record(ticket).status == "open"


def test_what_is_kept_already_is_not_written_again(
    bare: Helpdesk, ticket: Ticket, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bare.conversations.put(ticket, {"tags": ["a"]}, CONTEXT)
    with django_assert_num_queries(2):
        bare.conversations.put(ticket, {"tags": ["a"]}, CONTEXT)
