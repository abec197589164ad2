"""Tables of messages that are otherwise than the demo's: keys, files by them, times, joins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django
import pytest
from django.apps import registry
from django.apps.registry import Apps
from django.contrib.auth.models import User
from django.db import connection, models
from django.test.utils import isolate_apps
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from fin_bridge import helpdesk as fin
from fin_bridge.helpdesk.reading import one_table
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.helpdesk.reading.timeline import message as message_of
from fin_bridge.records import Message
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Reply, Ticket

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


def read(ticket: Ticket, model: Any, **words: Any) -> list[Message]:
    desk = desk_of(model, **words)
    messages = [shown.message for shown in Timeline(desk, ticket)]
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
    desk = desk_of(Note, **words)
    assert message_of(desk, ticket, f"note-{draft.pk}") is None


def test_what_is_joined_for_a_word_beside_the_author_is_loaded_with_the_messages(
    ticket: Ticket, sarah: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    words = {
        "author": fin.Author(end_user="ticket.customer"),
        "visibility": fin.Flag("staff.is_superuser", private=True),
    }
    discreet = type("Discreet", (demo.Replies,), words)
    desk = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, discreet)
    Reply.objects.bulk_create(Reply(ticket=ticket, body="x", staff=sarah) for _ in range(5))
    with django_assert_num_queries(4):
        seen = [shown.message.visibility for shown in Timeline(desk, ticket)]
    assert seen == ["public"] * 5


@pytest.mark.parametrize("number", [2, 3, 200])
@pytest.mark.parametrize("words", [{}, {"is_whole": lambda self, obj: True}])
def test_there_may_be_more_than_few(
    ticket: Ticket, sarah: User, number: int, words: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = type("Replies", (demo.Replies,), words)
    desk = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)
    writers = [sarah, None, sarah, sarah]
    Reply.objects.bulk_create(Reply(ticket=ticket, body="x", staff=staff) for staff in writers)
    monkeypatch.setattr(one_table, "FEW", number)
    everything = list(Timeline(desk, ticket))
    assert [shown.message.author.name for shown in everything[1:]] == [
        "Sarah Lee",
        "Ada Lovelace",
        "Sarah Lee",
        "Sarah Lee",
    ]
