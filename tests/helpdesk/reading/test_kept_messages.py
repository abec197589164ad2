"""Messages that are kept by us are laid over those of the helpdesk."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.reading.kept_messages import KeptMessages
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.helpdesk.reading.timeline import message as message_of
from fin_bridge.helpdesk.writing.kept_messages import join, keep
from fin_bridge.records import AuthorReference, NewMessage
from helpdesk_demo.models import Reply, Ticket

pytestmark = pytest.mark.django_db


def words(ticket: Ticket, body: str) -> NewMessage:
    return NewMessage("m1", AuthorReference(str(ticket.customer_id), "end_user"), body)


def test_a_message_that_the_helpdesk_has_not_is_shown(desk: Helpdesk, ticket: Ticket) -> None:
    message_id = keep("default", str(ticket.pk), words(ticket, "<p>Help</p>"))
    [_, (created_at, message, is_whole)] = Timeline(desk, ticket)
    assert (message.id, message.body, is_whole) == (message_id, "<p>Help</p>", True)
    assert message.author.id == str(ticket.customer_id)
    assert message_of(desk, ticket, message_id) == message
    assert [shown.created_at for shown in KeptMessages.load(desk, str(ticket.pk)).refused()] == [
        created_at
    ]


def test_several_messages_of_the_helpdesk_are_one_to_fin(desk: Helpdesk, ticket: Ticket) -> None:
    pieces = [Reply.objects.create(ticket=ticket, body=body) for body in ("one", "two", "more")]
    first, second, other = (str(reply.pk) for reply in pieces)
    join("default", str(ticket.pk), words(ticket, "<p>one two</p>"), [first, second])
    shown = [(message.id, message.body) for _, message, _ in Timeline(desk, ticket)]
    assert shown[1:] == [(first, "<p>one two</p>"), (other, "more")]
    assert message_of(desk, ticket, second) is None


def test_where_nothing_is_kept_one_statement_tells(
    desk: Helpdesk, ticket: Ticket, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert KeptMessages.load(desk, str(ticket.pk)).find("kept-1") is None
