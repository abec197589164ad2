"""Authors of messages: agents, customers, and those who are neither."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.records import (
    UNKNOWN_AUTHOR,
)
from helpdesk_demo import fin as demo
from helpdesk_demo.models import (
    Reply,
    Ticket,
)
from tests.helpdesk.conftest import CONTEXT

pytestmark = pytest.mark.django_db


class Active(models.Manager[User]):
    def __init__(self) -> None:
        super().__init__()
        self.model = User

    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().filter(is_active=True)


def test_an_author_is_looked_at_once_and_is_still_the_right_one(
    ticket: Ticket, sarah: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mary = User.objects.create_user("mary", is_staff=True)
    writers = [sarah, mary, None, sarah, None, mary]
    Reply.objects.bulk_create(Reply(ticket=ticket, body="x", staff=one) for one in writers)
    customer = str(ticket.customer_id)
    expected = [customer] + [str(one.pk) if one else customer for one in writers]

    def shown(**words: Any) -> list[str]:
        replies = type("Replies", (demo.Replies,), words)
        desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)
        return [shown.message.author.id for shown in Timeline(desk, ticket)]

    assert shown() == expected
    assert shown(get_author=lambda _, obj: obj.staff or obj.ticket) == expected
    monkeypatch.setattr(Reply, "writer", property(lambda obj: obj.staff), raising=False)
    by_property = fin.Author(agent="writer", end_user="ticket.customer")
    assert shown(author=by_property) == expected


@pytest.mark.parametrize("words", [{}, {"is_whole": lambda self, obj: True}])
def test_an_agent_whose_row_is_gone_is_not_the_customer(
    ticket: Ticket, sarah: User, monkeypatch: pytest.MonkeyPatch, words: Any
) -> None:
    """As it is where no constraint stands in the way, or the manager leaves somebody out."""
    Reply.objects.bulk_create([Reply(ticket=ticket, body="x", staff=sarah)])
    monkeypatch.setattr(User._meta, "base_manager", Active())
    replies = type("Replies", (demo.Replies,), words)
    desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)

    def author() -> str:
        [_, (_, message, _)] = Timeline(desk, ticket)
        return message.author.id

    assert author() == str(sarah.pk)
    User.objects.update(is_active=False)
    assert author() == UNKNOWN_AUTHOR.id


def test_who_is_there_but_no_agent_may_be_the_customer(ticket: Ticket, sarah: User) -> None:
    Reply.objects.bulk_create([Reply(ticket=ticket, body="x", staff=sarah)])
    author = fin.Author(agent="staff.profile.user", end_user="ticket.customer")
    replies = type("Replies", (demo.Replies,), {"author": author})
    desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)
    assert [shown.message.author.id for shown in Timeline(desk, ticket)] == [
        str(ticket.customer_id)
    ] * 2


def test_an_author_that_no_rule_places_is_not_the_customer(bare: Helpdesk, ticket: Ticket) -> None:
    note = Reply.objects.create(ticket=ticket, body="x", internal=True)
    record = bare.messages[0].record(note, str(ticket.pk))
    assert record is not None
    assert record.author == UNKNOWN_AUTHOR


def test_an_agent_cannot_write_where_only_customers_do(
    desk: Helpdesk, ticket: Ticket, sarah: User
) -> None:
    author = fin.Author(end_user="ticket.customer").bind(desk.messages[1], "author")
    with pytest.raises(RefusedError):
        author.write(Reply(ticket=ticket), sarah, CONTEXT)
