"""Files under addresses of ours."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.db import OperationalError
from django.test.utils import override_script_prefix
from django.urls import include, path
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.api import attachments
from fin_bridge.helpdesk import current
from fin_bridge.helpdesk.reading.timeline import Timeline
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Reply, ReplyFile, Ticket
from tests.support.fin_caller import Caller

pytestmark = pytest.mark.django_db(transaction=True)

urlpatterns = [path("elsewhere/", include("fin_bridge.api.urls"))]

CONTENT = b"\x89PNG\r\n\x1a\n" + b"x" * 100_000


@pytest.fixture
def file(ticket: Ticket) -> ReplyFile:
    """One that somebody has uploaded with a message of a minute ago."""
    [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, body="<p>See.</p>")])
    Reply.objects.update(created=reply.created - timedelta(minutes=1))
    row = ReplyFile(reply=reply, filename='Photo "1" é.html', content_type="text/html")
    row.upload.save("photo.html", ContentFile(CONTENT), save=False)
    [row] = ReplyFile.objects.bulk_create([row])
    return row


@pytest.fixture
def address(caller: Caller, file: ReplyFile) -> Iterator[str]:
    """As Fin is told it, on the server under test."""
    messages = caller.ask("get_messages", conversation_id=str(file.reply.ticket_id))
    [attachment] = [one for message in messages for one in message["attachments"]]
    assert attachment["filename"] == 'Photo "1" é.html'
    assert attachment["filetype"] == "text/html"
    parts = urlsplit(attachment["url"])
    assert (parts.scheme, parts.netloc) == ("https", "helpdesk.example.com")
    yield f"{caller.url}{parts.path}"
    file.upload.delete(save=False)


def test_a_file_is_given_to_be_saved_and_not_shown(address: str) -> None:
    response = requests.get(address, timeout=10)
    assert (response.status_code, response.content) == (200, CONTENT)
    assert response.headers["Content-Type"] == "text/html"
    assert response.headers["Content-Disposition"].startswith("attachment; filename")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "private, max-age=604800"
    assert response.headers["Content-Length"] == str(len(CONTENT))
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("filename", "sent"), [("an\r\n invoice.pdf", '"an  invoice.pdf"'), ("..", '"file"')]
)
def test_a_name_or_a_type_that_a_mail_has_folded_costs_no_file(
    caller: Caller, file: ReplyFile, filename: str, sent: str
) -> None:
    ReplyFile.objects.update(filename=filename, content_type='text/plain;\n name="x"')
    messages = caller.ask("get_messages", conversation_id=str(file.reply.ticket_id))
    [attachment] = [one for message in messages for one in message["attachments"]]
    assert attachment["filename"] == filename
    response = requests.get(f"{caller.url}{urlsplit(attachment['url']).path}", timeout=10)
    assert (response.status_code, response.content) == (200, CONTENT)
    assert response.headers["Content-Disposition"] == f"attachment; filename={sent}"
    assert response.headers["Content-Type"] == 'text/plain;  name="x"'


def test_its_head_may_be_asked_for(address: str) -> None:
    response = requests.head(address, timeout=10)
    assert (response.status_code, response.content) == (200, b"")


def test_an_address_expires(address: str, settings: Settings) -> None:
    settings.FIN_BRIDGE_ATTACHMENT_LIFETIME = -1
    assert requests.get(address, timeout=10).status_code == 404


@pytest.mark.parametrize("change", [("nts/", "nts/x"), ("%22", "/"), ("/aGV", "/aGW")])
def test_an_address_cannot_be_made_up(address: str, change: tuple[str, str]) -> None:
    response = requests.get(address.replace(*change), timeout=10)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


Memos = type("Memos", (demo.Replies,), {"attachments": fin.Const([])})
"""A part whose attachments are no files of ours."""

shuffled = fin.Helpdesk(
    demo.Customers, demo.Staff, demo.Tickets, Memos, demo.Openings, demo.Replies
)
without_files = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, Memos)


def test_an_address_survives_another_description(address: str, settings: Settings) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.api.test_attachments.shuffled"
    assert requests.get(address, timeout=10).content == CONTENT
    settings.FIN_BRIDGE_HELPDESK = "tests.api.test_attachments.without_files"
    assert requests.get(address, timeout=10).status_code == 404


def test_a_file_that_is_gone_is_not_found(address: str, file: ReplyFile) -> None:
    file.upload.storage.delete(str(file.upload.name))
    assert requests.get(address, timeout=10).status_code == 404
    ReplyFile.objects.all().delete()
    assert requests.get(address, timeout=10).status_code == 404


class SdkError(Exception):
    """An error of a storage's own."""


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SdkError("the bucket is away"), 502),
        (PermissionError("not yours"), 502),
        (TimeoutError("too slow"), 502),
        (SuspiciousFileOperation("out of the storage"), 404),
        (FileNotFoundError("gone"), 404),
    ],
)
def test_what_a_storage_raises_is_answered_in_json(
    address: str,
    file: ReplyFile,
    error: Exception,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(*args: Any, **options: Any) -> Any:
        raise error

    monkeypatch.setattr(file.upload.storage.__class__, "_open", fails)
    for method in ("GET", "HEAD"):
        response = requests.request(method, address, timeout=10)
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"
    assert ("The helpdesk's storage fails" in caplog.text) is (status == 502)


def test_a_storage_that_opens_late_is_answered_in_json(
    address: str, file: ReplyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Late(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise SdkError("the bucket is away")

    monkeypatch.setattr(file.upload.storage.__class__, "_open", lambda *_: File(Late()))
    assert requests.get(address, timeout=10).status_code == 502


def test_a_name_that_leads_out_of_the_storage_is_not_found(address: str) -> None:
    ReplyFile.objects.update(upload="../settings.py")
    response = requests.get(address, timeout=10)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_database_that_breaks_off_is_no_matter_of_the_storage(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: Any) -> Any:
        raise OperationalError("gone away")

    monkeypatch.setattr(attachments, "open_file", breaks)
    assert requests.get(address, timeout=10).status_code == 500


def test_nothing_can_be_written_there(address: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        response = requests.request(method, address, timeout=10)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


def test_a_pasted_picture_is_given_as_a_file_is(caller: Caller, ticket: Ticket) -> None:
    picture = b"GIF89a" + bytes(3000)
    source = f"data:image/gif;base64,{b64encode(picture).decode()}"
    [reply] = Reply.objects.bulk_create(
        [Reply(ticket=ticket, body=f'<p>See <img src="{source}" alt="The tray"></p>')]
    )
    Reply.objects.update(created=reply.created - timedelta(minutes=1))
    *_, message = caller.ask("get_messages", conversation_id=str(ticket.pk))
    begun, _, ended = message["body"].partition("https://helpdesk.example.com")
    path, _, ended = ended.partition('"')
    assert (begun, ended) == ('<p>See <img src="', ' alt="The tray"></p>')
    response = requests.get(f"{caller.url}{path}", timeout=10)
    assert (response.status_code, response.content) == (200, picture)
    assert response.headers["Content-Type"] == "image/gif"
    assert response.headers["Content-Length"] == str(len(picture))
    assert response.headers["Content-Disposition"] == 'attachment; filename="picture-1.gif"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    head = requests.head(f"{caller.url}{path}", timeout=10)
    assert (head.status_code, head.content) == (200, b"")
    Reply.objects.filter(pk=reply.pk).update(body="<p>See.</p>")
    assert requests.get(f"{caller.url}{path}", timeout=10).status_code == 404


def test_an_address_follows_the_site_that_is_asked(file: ReplyFile, settings: Settings) -> None:
    def folder() -> str:
        timeline = Timeline(current(), file.reply.ticket)
        [message] = [shown.message for shown in timeline if shown.message.attachments]
        path = urlsplit(message.attachments[0].url).path
        return path.rpartition("/attachments/")[0]

    assert folder() == "/api/fin"
    with override_script_prefix("/desk/"):
        assert folder() == "/desk/api/fin"
    settings.ROOT_URLCONF = "tests.api.test_attachments"
    assert folder() == "/elsewhere"
