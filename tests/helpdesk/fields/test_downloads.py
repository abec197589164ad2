"""The way from a signed address to a file. Pasted pictures are in `test_inline_pictures`."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from fin_bridge.exceptions import NotFoundError
from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.fields.downloads import open_file
from fin_bridge.helpdesk.fields.file_addresses import Addresses
from fin_bridge.records import Attachment
from helpdesk_demo.models import Reply, ReplyFile, Ticket

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


@pytest.mark.parametrize("place", ["helpdesk_demo.reply.created", "helpdesk_demo.reply.created#1"])
def test_a_place_that_is_described_no_longer_leads_nowhere(
    desk: Helpdesk, stored: ReplyFile, place: str
) -> None:
    token = Addresses().of(place, stored.reply_id, "a.png").split("/")[-2]
    with pytest.raises(NotFoundError):
        open_file(desk, token)
