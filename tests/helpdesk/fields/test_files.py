"""Files of messages."""

from __future__ import annotations

import pytest

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import NotWritableError
from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.records import (
    Attachment,
)
from helpdesk_demo import fin as demo
from helpdesk_demo.models import (
    Reply,
    ReplyFile,
    Ticket,
)
from tests.helpdesk.conftest import CONTEXT

pytestmark = pytest.mark.django_db


def test_a_file_may_be_described_by_properties(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, body="See.")])
    ReplyFile.objects.bulk_create([ReplyFile(reply=reply, upload="a.png", filename="b.png")])
    described = property(lambda row: f"our {row.filename}")
    monkeypatch.setattr(ReplyFile, "described", described, raising=False)
    for name, shown in (("filename", "b.png"), ("described", "our b.png"), ("", "a.png")):
        files = fin.Files("files", file="upload", name=name)
        replies = type("Replies", (demo.Replies,), {"attachments": files})
        desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)
        *_, (_, message, _) = Timeline(desk, ticket)
        assert [file.filename for file in message.attachments] == [shown]


def test_a_file_that_cannot_be_linked_is_not_written(desk: Helpdesk, ticket: Ticket) -> None:
    files = fin.Files("files", file="upload").bind(desk.messages[1], "attachments")
    with pytest.raises(NotWritableError):
        files.write(Reply(), [Attachment("https://x", "a", "b")], CONTEXT)


def test_files_may_have_nothing_but_a_link(desk: Helpdesk, ticket: Ticket) -> None:
    reply = Reply.objects.create(ticket=ticket, body="x")
    files = fin.Files("files", file="upload", link="link").bind(desk.messages[1], "attachments")
    assert files.rows(Reply()) == []
    files.write(reply, [Attachment("https://x.example/a.png", "image/png", "a.png")], CONTEXT)
    [stored] = reply.files.all()
    assert (stored.link, stored.filename) == ("https://x.example/a.png", "")
