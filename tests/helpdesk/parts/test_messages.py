"""Messages that Fin and customers write, and where they belong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from fin_bridge.exceptions import ConfigurationError, NotFoundError
from fin_bridge.helpdesk import Helpdesk
from fin_bridge.models import Event
from fin_bridge.records import (
    Attachment,
    AuthorReference,
    NewMessage,
)
from helpdesk_demo.models import (
    Customer,
    Reply,
    Ticket,
)
from tests.helpdesk.conftest import CONTEXT, message

pytestmark = pytest.mark.django_db


def test_messages_of_agents_and_customers(
    desk: Helpdesk, ticket: Ticket, customer: Customer, sarah: User
) -> None:
    part = desk.part_for(message(desk, sarah))
    assert part is not None
    link = Attachment("https://x.example/a.png", "image/png", "a.png")
    by_fin, stands = part.create(
        ticket, message(desk, sarah, visibility="private", attachments=[link]), CONTEXT
    )
    by_customer, _ = part.create(ticket, message(desk, customer), CONTEXT)
    assert stands
    assert (by_fin.staff, by_fin.internal) == (sarah, True)
    assert (by_customer.staff, by_customer.internal) == (None, False)
    record = part.record(part.get(str(by_fin.pk)), str(ticket.pk))
    assert record is not None
    assert record.attachments == (link,)
    assert not Event.objects.exists()


def test_authors_must_exist(desk: Helpdesk, ticket: Ticket) -> None:
    new = NewMessage("m1", AuthorReference("999", "agent"), "x")
    with pytest.raises(NotFoundError):
        desk.messages[1].create(ticket, new, CONTEXT)
    assert not Reply.objects.exists()


def test_a_part_of_notes_takes_notes_only(bare: Helpdesk, ticket: Ticket, sarah: User) -> None:
    new = message(bare, sarah, visibility="private", body="<p>one</p><p>two</p>")
    part = bare.part_for(new)
    assert part is not None
    note, _ = part.create(ticket, new, CONTEXT)
    assert note.body == "one\n\ntwo"
    with pytest.raises(ConfigurationError, match="public"):
        bare.part_for(replace(new, visibility="public"))
    assert part.find(str(note.pk)) is None


def test_files_without_a_place_become_links(bare: Helpdesk, ticket: Ticket, sarah: User) -> None:
    link = Attachment("https://x.example/?a=1&b=2", "image/png", "<a>.png")
    new = message(bare, sarah, visibility="private", attachments=[link])
    note, _ = bare.messages[0].create(ticket, new, CONTEXT)
    assert note.body == "Hi\n\n<a>.png (https://x.example/?a=1&b=2)"
