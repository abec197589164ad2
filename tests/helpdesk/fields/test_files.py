"""Files of messages, and the way from an address to a file."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import NotFoundError, NotWritableError
from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.fields.files import open_file
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


@pytest.fixture
def stored(desk: Helpdesk, ticket: Ticket) -> ReplyFile:
    reply = Reply.objects.create(ticket=ticket, body="x")
    return ReplyFile.objects.create(
        reply=reply, upload=ContentFile(b"secret", "a b.txt"), filename="a b.txt"
    )


def address(desk: Helpdesk, stored: ReplyFile) -> Attachment:
    part = desk.messages[1]
    [attachment] = part.read(part.get(str(stored.reply_id)), "attachments")
    assert isinstance(attachment, Attachment)
    return attachment


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


def test_a_stored_file_has_a_signed_address_of_ours(desk: Helpdesk, stored: ReplyFile) -> None:
    attachment = address(desk, stored)
    assert attachment.url.startswith("https://helpdesk.example.com/api/fin/attachments/")
    assert stored.upload.url not in attachment.url
    assert (attachment.filetype, attachment.filename) == ("text/plain", "a b.txt")
    token = attachment.url.split("/")[-2]
    opened, filetype = open_file(desk, token)
    assert (opened.read(), filetype) == (b"secret", "text/plain")


def test_an_address_ends(desk: Helpdesk, stored: ReplyFile, settings: Settings) -> None:
    token = address(desk, stored).url.split("/")[-2]
    with pytest.raises(NotFoundError):
        open_file(desk, token + "x")
    settings.FIN_BRIDGE_ATTACHMENT_LIFETIME = -1
    with pytest.raises(NotFoundError):
        open_file(desk, token)
    settings.FIN_BRIDGE_ATTACHMENT_LIFETIME = 60
    stored.upload.storage.delete(str(stored.upload.name))
    with pytest.raises(NotFoundError):
        open_file(desk, token)
    stored.delete()
    with pytest.raises(NotFoundError):
        open_file(desk, token)


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
