"""People and files are loaded once for all messages of a conversation."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.reading.timeline import Timeline
from helpdesk_demo.models import (
    Reply,
    ReplyFile,
    Ticket,
)

pytestmark = pytest.mark.django_db


def test_no_message_is_shown_without_its_file(desk: Helpdesk, ticket: Ticket) -> None:
    def say() -> None:
        [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, body="See.")])
        file = ReplyFile(reply=reply, link="https://files.example.com/a.png", filename="a.png")
        ReplyFile.objects.bulk_create([file])

    def meanwhile(execute: Any, sql: str, *arguments: Any) -> Any:
        if "helpdesk_demo_reply" in sql and "SELECT" in sql:
            say()
        return execute(sql, *arguments)

    say()
    with connection.execute_wrapper(meanwhile):
        shown = [shown.message for shown in Timeline(desk, ticket)][1:]
    assert len(shown) >= 2
    assert all(one.attachments for one in shown)


def test_people_who_are_at_hand_are_not_asked_for(
    desk: Helpdesk, ticket: Ticket, sarah: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mary = User.objects.create_user("mary", is_staff=True)
    writers = [sarah, None, mary, sarah]
    Reply.objects.bulk_create(Reply(ticket=ticket, body="x", staff=staff) for staff in writers)
    Ticket.objects.update(assignee=sarah)
    ticket = desk.conversations.get(str(ticket.pk))

    def authors() -> list[str | None]:
        return [shown.message.author.name for shown in Timeline(desk, ticket)][1:]

    with django_assert_num_queries(5):  # the extent, what is kept, messages, files; and Mary
        assert authors() == ["Sarah Lee", "Ada Lovelace", "mary", "Sarah Lee"]
    Reply.objects.filter(staff=mary).delete()
    with django_assert_num_queries(4):
        assert authors() == ["Sarah Lee", "Ada Lovelace", "Sarah Lee"]
