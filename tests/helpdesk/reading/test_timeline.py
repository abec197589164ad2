"""The messages of a conversation in their order: all of them, or those after one."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import NotFoundError
from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.helpdesk.reading.timeline import message as message_of
from fin_bridge.records import (
    Agent,
    EndUser,
)
from helpdesk_demo import fin as demo
from helpdesk_demo.models import (
    Customer,
    Reply,
    ReplyFile,
    Ticket,
)

pytestmark = pytest.mark.django_db


class Uploads(fin.Messages):
    """Files that are messages of their own; the conversation is behind another table."""

    model, conversation, created_at = "helpdesk_demo.ReplyFile", "reply.ticket", "reply.created"
    body, prefix, author = fin.Text("filename"), "file-", fin.Author(agent="reply.staff")


def test_the_timeline_begins_with_the_opening_text(
    desk: Helpdesk, ticket: Ticket, customer: Customer, sarah: User
) -> None:
    Reply.objects.create(ticket=ticket, body="<p>Me</p>")
    note = Reply.objects.create(ticket=ticket, body="<p>Note</p>", staff=sarah, internal=True)
    Reply.objects.create(ticket=ticket, body="", staff=sarah)
    shown = [shown.message for shown in Timeline(desk, ticket)]
    assert [one.id for one in shown] == [f"opening-{ticket.pk}", str(note.pk - 1), str(note.pk)]
    assert [one.body for one in shown] == ["<p>It burns.</p>", "<p>Me</p>", "<p>Note</p>"]
    assert [one.visibility for one in shown] == ["public", "public", "private"]
    assert shown[1].author == EndUser(str(customer.pk), "Ada Lovelace", "ada@example.com")
    assert isinstance(shown[2].author, Agent)
    assert {one.conversation_id for one in shown} == {str(ticket.pk)}


@pytest.mark.parametrize("number", [10, 200])
def test_queries_do_not_grow_with_the_messages(
    desk: Helpdesk,
    ticket: Ticket,
    sarah: User,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Reply.objects.bulk_create(
        Reply(ticket=ticket, body="x", staff=sarah if one % 2 else None) for one in range(number)
    )
    with django_assert_num_queries(5):
        assert len(list(Timeline(desk, ticket))) == number + 1


def test_a_conversation_behind_another_table(ticket: Ticket, sarah: User) -> None:
    desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, Uploads)
    reply = Reply.objects.create(ticket=ticket, body="x", staff=sarah)
    file = ReplyFile.objects.create(reply=reply, filename="a.txt")
    [(created_at, message, is_whole)] = Timeline(desk, ticket)
    [part] = desk.messages
    assert (message.id, message.body) == (f"file-{file.pk}", "<p>a.txt</p>")
    assert message.visibility == "private"
    assert part.conversation_id(file) == str(ticket.pk)
    assert part.conversation_id(ReplyFile()) is None
    assert isinstance(message.author, Agent)
    assert (created_at, is_whole) == (message.created_at, True)
    assert message_of(desk, ticket, message.id) == message
    with pytest.raises(NotFoundError):
        message_of(desk, ticket, "file-999")
