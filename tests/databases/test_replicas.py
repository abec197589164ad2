"""Nothing of ours reads a replica, however the host's routers choose one: replicas lag."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import connections
from pytest_django import Settings

from helpdesk_demo.models import Reply, ReplyFile, Ticket
from tests.support.fin_caller import Caller

pytestmark = pytest.mark.django_db(transaction=True)


class ReadsElsewhere:
    """As Django's documentation has it: it never looks at where an object came from."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "replica"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        return True


@pytest.fixture
def replica(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """One that lags so far behind that it has no tables yet."""
    one = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "replica.sqlite3")}
    configured = connections.configure_settings({"default": {}, "replica": one})
    connections.settings["replica"] = configured["replica"]
    settings.DATABASE_ROUTERS = [ReadsElsewhere()]
    try:
        yield
    finally:
        connections["replica"].close()
        del connections["replica"], connections.settings["replica"]


def test_a_whole_chat(
    caller: Caller,
    ticket: Ticket,
    sarah: User,
    replica: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user = caller.ask("create_user", object_id="u-1", name="Ada")
    author = {"id": user["id"], "user_type": "end_user"}
    opened = caller.ask(
        "create_conversation",
        object_id="c-1",
        user={"id": user["id"]},
        user_id=user["id"],
        initial_message={"object_id": "m-1", "author": author, "body": "<p>Hello</p>"},
    )
    conversation_id = opened["conversation"]["id"]
    assert opened["message"]["author"]["id"] == user["id"]
    written = caller.ask(
        "create_message",
        conversation_id=conversation_id,
        object_id="m-2",
        author=author,
        body="<p>Are you there?</p>",
    )
    assert written["author"]["id"] == user["id"]
    caller.ask("update_user", user_id=user["id"], attributes={"plan": "pro"})
    assert caller.ask("get_user", user_id=user["id"])["attributes"]["plan"] == "pro"
    updated = caller.ask(
        "update_conversation",
        conversation_id=conversation_id,
        title="Chat",
        tags=["new", "newer"],
        status="resolved",
        assignee_id=str(sarah.pk),
    )
    assert (updated["title"], updated["tags"]) == ("Chat", ["new", "newer"])
    assert (updated["status"], updated["assignee"]["id"]) == ("resolved", str(sarah.pk))
    found = caller.ask("get_messages", conversation_id=conversation_id)
    assert [one["body"] for one in found] == ["<p>Hello</p>", "<p>Are you there?</p>"]
    assert caller.ask("get_conversation", conversation_id=conversation_id) == updated
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


def test_a_file(caller: Caller, ticket: Ticket, replica: None) -> None:
    reply = Reply.objects.create(ticket=ticket, body="<p>See.</p>")
    row = ReplyFile(reply=reply, filename="a.txt")
    row.upload.save("a.txt", ContentFile(b"Here."))
    Reply.objects.using("default").update(created=ticket.created - timedelta(minutes=1))
    messages = caller.ask("get_messages", conversation_id=str(ticket.pk))
    [attachment] = [one for message in messages for one in message["attachments"]]
    address = f"{caller.url}{urlsplit(attachment['url']).path}"
    assert requests.get(address, timeout=10).content == b"Here."
    row.upload.delete(save=False)
