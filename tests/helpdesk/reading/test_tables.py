"""Tables of messages that are otherwise than the demo's: keys, and files by them; times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django
import pytest
from django.apps import registry
from django.apps.registry import Apps
from django.db import connection, models
from django.test.utils import isolate_apps
from django.utils import timezone

from fin_bridge import helpdesk as fin
from fin_bridge.records import Message
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def apps() -> Iterator[Apps]:
    """Models that a test makes are forgotten after it."""
    with isolate_apps("helpdesk_demo") as isolated:
        assert isolated is not None
        isolated.register_model("helpdesk_demo", Ticket)
        yield isolated
    registry.apps.clear_cache()  # else the ticket remembers what hung on it


@pytest.fixture
def tables() -> Iterator[list[Any]]:
    """Those of the models that a test appends."""
    made: list[Any] = []
    yield made
    with connection.schema_editor() as editor:
        for model in reversed(made):
            editor.delete_model(model)


def create(tables: list[Any], *models: Any) -> None:
    with connection.schema_editor() as editor:
        for model in models:
            editor.create_model(model)
            tables.append(model)


def desk_of(model: Any, **words: Any) -> fin.Helpdesk:
    described = {
        "model": model,
        "conversation": "ticket",
        "created_at": "created",
        "body": fin.Html("body"),
        "author": fin.Author(end_user="ticket.customer"),
        "visibility": fin.Const("public"),
        "prefix": "note-",
        **words,
    }
    part = type("Notes", (fin.Messages,), described)
    return fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, part)


def read(ticket: Ticket, model: Any, after_id: str = "", **words: Any) -> list[Message]:
    desk = desk_of(model, **words)
    messages = [message for message, _, _ in desk.timeline(ticket, after_id)]
    return [message for message in messages if message.id.startswith("note-")]


def test_a_child_with_a_key_of_its_own_has_its_parents_files(
    ticket: Ticket, apps: Apps, tables: list[Any]
) -> None:
    """By its own key they would be those of another message, and maybe of another ticket."""

    class Note(models.Model):  # noqa: DJ008  # nobody prints one
        ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
        body = models.TextField()
        created = models.DateTimeField(default=timezone.now)

        class Meta:
            app_label = "helpdesk_demo"

    class NoteFile(models.Model):  # noqa: DJ008  # nobody prints one
        _note = models.ForeignKey(Note, models.CASCADE, related_name="files")
        blob = models.CharField(max_length=40)

        class Meta:
            app_label = "helpdesk_demo"

    class Memo(Note):  # noqa: DJ008
        number = models.BigAutoField(primary_key=True)
        note_ptr = models.OneToOneField(Note, models.CASCADE, parent_link=True)

        class Meta:
            app_label = "helpdesk_demo"

    create(tables, Note, NoteFile, Memo)
    other = Note._base_manager.create(ticket=ticket, body="<p>Another</p>")
    memo: Any = Memo._base_manager.create(ticket=ticket, body="<p>This</p>")
    assert memo.pk == other.pk != memo.note_ptr_id
    NoteFile._base_manager.create(_note=other, blob="secret.txt")
    NoteFile._base_manager.create(_note_id=memo.note_ptr_id, blob="mine.txt")
    files = fin.Files("files", file="blob")
    [message] = read(ticket, Memo, attachments=files)
    assert [file.filename for file in message.attachments] == ["mine.txt"]
    assert [
        [file.filename for file in message.attachments]
        for message in read(ticket, Note, attachments=files)
    ] == [["secret.txt"], ["mine.txt"]]


@pytest.mark.skipif(django.VERSION < (5, 2), reason="Django knows them as of 5.2")
def test_a_key_of_several_columns(ticket: Ticket, apps: Apps, tables: list[Any]) -> None:
    class Note(models.Model):  # noqa: DJ008  # nobody prints one
        pk = models.CompositePrimaryKey("ticket_id", "number")
        ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
        number = models.IntegerField()
        body = models.TextField()
        created = models.DateTimeField(default=timezone.now)

        class Meta:
            app_label = "helpdesk_demo"

    create(tables, Note)
    Note._base_manager.create(ticket=ticket, number=7, body="<p>Hello</p>")
    [message] = read(ticket, Note)
    assert message.body == "<p>Hello</p>"


@pytest.mark.parametrize("words", [{}, {"is_whole": lambda self, obj: True}])
def test_what_has_no_time_yet_is_not_shown_and_hides_nothing(
    ticket: Ticket, apps: Apps, tables: list[Any], words: Any
) -> None:
    class Note(models.Model):  # noqa: DJ008
        ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
        body = models.TextField()
        created = models.DateTimeField(null=True)

        class Meta:
            app_label = "helpdesk_demo"

    create(tables, Note)
    draft = Note._base_manager.create(ticket=ticket, body="<p>Draft</p>")
    sent = Note._base_manager.create(ticket=ticket, body="<p>Sent</p>", created=timezone.now())
    [message] = read(ticket, Note, **words)
    assert message.id == f"note-{sent.pk}"
    assert read(ticket, Note, message.id, **words) == []
    assert read(ticket, Note, f"note-{draft.pk}", **words) == [message]
    desk = desk_of(Note, **words)
    assert desk.message(ticket, f"note-{draft.pk}") == (None, draft)
