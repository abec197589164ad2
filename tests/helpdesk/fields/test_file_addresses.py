"""Signed addresses of the helpdesk's files: made as Django signs them, and refused if forged."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.core import signing
from django.core.files.base import ContentFile
from pytest_django import Settings

from fin_bridge.exceptions import NotFoundError
from fin_bridge.helpdesk import Helpdesk, current
from fin_bridge.helpdesk.fields.file_addresses import Addresses, open_file
from fin_bridge.records import Attachment
from helpdesk_demo.models import Reply, ReplyFile, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Helpdesk:
    return current()


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


@pytest.mark.parametrize("name", ["a.png", "a b.png", "é~_.-%", "/etc/passwd", "", "a?b#c"])
def test_an_address_is_signed_as_django_signs(settings: Settings, name: str) -> None:
    address = Addresses().of("demo.file.upload", 12, name)
    token, last = address.partition("/attachments/")[2].split("/", 1)
    named = signing.TimestampSigner(salt="fin_bridge.attachments").unsign(token, max_age=5)
    assert signing.b64_decode(named.encode()) == b"demo.file.upload:12"
    assert last == quote(name or "file")


@pytest.mark.parametrize("secret", ["x", "ü" * 1000, b"bytes", b"\xff" * 1000])
def test_an_address_is_signed_with_any_secret(settings: Settings, secret: Any) -> None:
    settings.SECRET_KEY = secret
    address = Addresses().of("demo.file.upload", 12, "a.png")
    token = address.partition("/attachments/")[2].split("/")[0]
    assert signing.TimestampSigner(salt="fin_bridge.attachments").unsign(token, max_age=5)


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
