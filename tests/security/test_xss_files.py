"""Names of files, and the Messenger of the simulator: nothing that anybody sends is executed."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, expect

from helpdesk_demo.models import Reply, ReplyFile, Ticket
from tests.support.contract_helpdesk import ContractHelpdesk, post_event, simulator
from tests.support.fin_caller import Caller
from tests.support.provoked import executed, provoking
from tests.support.xss import VECTORS, dangers

KINDS = ["text/html", "image/svg+xml", "image/png", "text/html; charset=utf-7", "x/<script>"]


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_a_file_of_any_name_is_saved_and_not_shown(
    client: Client, ticket: Ticket, sarah: User, rest: Caller
) -> None:
    client.force_login(sarah)
    address = f"/tickets/{ticket.pk}/"
    # As a form can spell a name, and Django leaves it one: the last part of a path.
    names = [re.sub(r'[/"\r\n\0]', " ", vector) for vector in VECTORS]
    uploads = [
        UploadedFile(BytesIO(name.encode()), name, kind, len(name))
        for name, kind in zip(names, itertools.cycle(KINDS), strict=False)
    ]
    for start in range(0, len(uploads), 50):
        form = {"text": "Here.", "uploads": uploads[start : start + 50]}
        assert client.post(f"{address}reply/", form).status_code == 302
    Reply.objects.update(created=timezone.now() - timedelta(minutes=1))  # what is new comes later
    files = ReplyFile.objects.all()
    assert len(files) > 0.8 * len(VECTORS)
    assert dangers(client.get(address).content.decode()) == []
    messages = rest.ask("get_messages", conversation_id=str(ticket.pk))
    attachments = [each for message in messages for each in message["attachments"]]
    assert len(attachments) == len(files)
    for file in files:
        is_saved = not file.is_image
        judge(client, file.url, is_saved=is_saved)
    for attachment in attachments:
        judge(client, urlsplit(attachment["url"]).path, is_saved=True)


def judge(client: Client, address: str, *, is_saved: bool) -> None:
    """Of what customers have sent nothing but a picture is shown in place."""
    answer = client.get(address)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment" if is_saved else "inline")
    assert is_saved or answer["Content-Type"] == "image/png"
    answer.close()


# --- The Messenger ------------------------------------------------------------------------------


def poison(helpdesk: ContractHelpdesk) -> str:
    """A conversation with the vectors in all that a helpdesk may say of it."""
    sarah = helpdesk.agents[0]
    sarah.update(name=VECTORS[0], alias_name=VECTORS[1])
    user = helpdesk.add_user(VECTORS[2], f"{VECTORS[3]}@example.com")
    found = helpdesk.add_conversation(user["id"], {"body": VECTORS[4]})["conversation"]
    found.update(title=VECTORS[5], assignee=sarah, tags=VECTORS[:50], attributes={"x": VECTORS[6]})
    kinds = itertools.cycle(["image/png", "text/html", "image/svg+xml"])
    for vector, kind in zip(VECTORS, kinds, strict=False):
        url = f"https://files.example/{quote(vector)}"
        attachment = {"url": url, "filename": vector, "filetype": kind}
        helpdesk.agent_says(found["id"], vector, attachments=[attachment])
    return str(found["id"])


def test_the_messenger_executes_none_of_it(chromium: Browser) -> None:
    with (
        ContractHelpdesk("posts_only") as helpdesk,
        simulator(helpdesk, typing_seconds=3600) as fin,
        provoking(chromium) as page,
    ):
        conversation_id = poison(helpdesk)
        post_event(fin, {"conversation_id": conversation_id})
        fin.wait_for(lambda: fin.is_idle)
        agent: dict[str, Any] = {**helpdesk.agents[0], "photo_url": None}
        typing = {"event_type": "agent_typing", "data": {"agent": agent}}
        post_event(fin, {"conversation_id": conversation_id, **typing})
        page.goto(fin.url)
        page.locator("#people button").click()
        expect(page.locator("#greeting")).to_be_visible()
        assert executed(page) == []
        page.locator("#conversations button").click()
        expect(page.locator("#messages > li")).to_have_count(len(VECTORS) + 1)
        assert executed(page) == []
        page.locator("#drawer-toggle").click()
        expect(page.locator("#activity > li").first).to_be_visible()
        assert executed(page) == []
