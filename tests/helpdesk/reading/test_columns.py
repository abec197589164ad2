"""Messages that are read from their columns, and those of which a host is shown the instances."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.db.models.signals import post_init

from fin_bridge import helpdesk as fin
from fin_bridge.helpdesk.fields.values import OverPath
from fin_bridge.helpdesk.reading.columns import Columns
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.records import Message
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Reply, ReplyFile, Ticket

pytestmark = pytest.mark.django_db


def desk_of(**words: Any) -> fin.Helpdesk:
    replies = type("Replies", (demo.Replies,), words)
    return fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)


def is_fast(desk: fin.Helpdesk) -> bool:
    """Whether the replies are read from their columns."""
    [*_, part] = desk.messages
    return Columns.of(part, part.queryset()) is not None


def read(desk: fin.Helpdesk, ticket: Ticket) -> list[Message]:
    """The messages but for the opening."""
    messages = [shown.message for shown in Timeline(desk, ticket)]
    return [_timeless(message) for message in messages if not message.id.startswith("opening-")]


def _timeless(message: Message) -> Message:
    """Without the second at which the addresses of its files were signed."""
    files = [replace(one, url=one.url.rpartition("/")[2]) for one in message.attachments]
    return replace(message, attachments=files)


@pytest.fixture
def talk(ticket: Ticket, sarah: User) -> Ticket:
    """By her, by somebody else of the staff and by the customer; a note, a file, an empty row."""
    mary = User.objects.create_user("mary", is_staff=True)
    ticket.assignee = sarah
    replies = [
        Reply(ticket=ticket, staff=sarah, body="<p>Is it <em>on</em>?</p><script>x</script>"),
        Reply(ticket=ticket, body="<p>It is.</p>"),
        Reply(ticket=ticket, staff=mary, body="<p>Sigh.</p>", internal=True),
        Reply(ticket=ticket, staff=mary, body=""),
        Reply(ticket=ticket, body=""),
        Reply(ticket=ticket, staff=sarah, body="<p>Off, and on again.</p>"),
    ]
    made = Reply.objects.bulk_create(replies)
    ReplyFile.objects.bulk_create(
        [
            ReplyFile(reply=made[4], upload="replies/a b.png", filename="a b.png"),
            ReplyFile(reply=made[4], link="https://files.example.com/c.png", filename="c.png"),
        ]
    )
    return ticket


def test_what_is_read_from_columns_reads_as_from_instances(talk: Ticket) -> None:
    fast, slow = desk_of(), desk_of(is_whole=lambda self, obj: True)
    assert (is_fast(fast), is_fast(slow)) == (True, False)
    from_columns = read(fast, talk)
    assert [len(one.attachments) for one in from_columns] == [0, 0, 0, 2, 0]
    assert from_columns == read(slow, talk)


@pytest.mark.parametrize(
    "words",
    [
        {"visibility": fin.Const("private"), "attachments": None},
        {"visibility": None},
        {"body": "body"},
        {"body": OverPath("body")},
        {"redact": lambda self, text: text.upper()},
        {"author": fin.Author(end_user="ticket.customer")},
    ],
)
def test_words_that_are_no_more_than_columns(talk: Ticket, words: Any) -> None:
    from_columns = read(desk_of(**words), talk)
    assert from_columns
    assert is_fast(desk_of(**words))
    assert from_columns == read(desk_of(is_whole=lambda self, obj: True, **words), talk)


class Louder(fin.Html):
    def read(self, obj: Any) -> Any:
        return f"{super().read(obj)}!"


class Anybody(fin.Author):
    pass


class Ours(fin.Files):
    pass


class Marked(fin.Path):
    pass


@pytest.mark.parametrize(
    "words",
    [
        {"get_body": lambda self, obj: obj.body},
        {"get_author": lambda self, obj: obj.staff},
        {"is_shown": lambda self, obj: bool(obj.pk)},
        {"record": lambda self, obj, *rest: demo.Replies.record(self, obj, *rest)},
        {"body": Louder("body")},
        {"body": fin.Html("ticket.description")},
        {"body": Marked("body")},
        {"visibility": fin.Flag("staff.is_superuser", private=True)},
        {"author": Anybody(agent="staff", end_user="ticket.customer")},
        {"author": fin.Author(agent="writer", end_user="ticket.customer")},
        {"author": fin.Const(None)},
        {"attachments": Ours("files", file="upload")},
        {"queryset": lambda self: Shouted(Reply).all()},
    ],
)
def test_where_a_hosts_code_is_asked_there_are_instances(
    talk: Ticket, words: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = property(lambda reply: reply.staff)
    monkeypatch.setattr(Reply, "writer", writer, raising=False)
    assert read(desk_of(**words), talk)
    assert not is_fast(desk_of(**words))


class Shouted(models.QuerySet[Any]):
    """One of a host's own."""


def test_a_method_put_in_its_place_is_asked_too(
    talk: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of()
    assert is_fast(desk)
    monkeypatch.setattr(desk.messages[1], "is_whole", fails_for_rows)
    assert not is_fast(desk)
    assert read(desk, talk)


def fails_for_rows(obj: Reply) -> bool:
    return bool(obj.pk)


class Coded(int):
    def __str__(self) -> str:
        return f"no. {int(self)}"


def coded(name: str) -> property:
    """As fields do that show a key otherwise than the database has it."""
    return property(
        lambda obj: Coded(obj.__dict__[name]), lambda obj, key: obj.__dict__.update({name: key})
    )


def test_a_key_that_objects_show_otherwise_is_what_messages_and_files_are_known_by(
    talk: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reply, "id", coded("id"))
    messages = read(desk_of(), talk)
    assert len(messages) == 5
    assert all(one.id.startswith("no. ") for one in messages)
    assert [len(one.attachments) for one in messages] == [0, 0, 0, 2, 0]


def test_a_column_of_files_that_objects_show_otherwise(
    talk: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = property(
        lambda row: f"our {row.__dict__['filename']}",
        lambda row, name: row.__dict__.update(filename=name),
    )
    monkeypatch.setattr(ReplyFile, "filename", name)
    messages = read(desk_of(), talk)
    assert [file.filename for one in messages for file in one.attachments] == [
        "our a b.png",
        "our c.png",
    ]


@pytest.mark.parametrize("made", ["by a receiver", "by the model", "by a property"])
def test_instances_that_are_more_than_their_columns_are_made(
    talk: Ticket, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def louder(sender: Any = None, *, instance: Any, **rest: Any) -> None:
        instance.body = instance.body.upper()

    def from_db(cls: Any, *arguments: Any, **mode: Any) -> Any:
        found = models.Model.from_db.__func__(cls, *arguments, **mode)  # type: ignore[attr-defined]
        louder(instance=found)
        return found

    if made == "by the model":
        monkeypatch.setattr(Reply, "from_db", classmethod(from_db))
    if made == "by a property":
        body = property(
            lambda reply: reply.__dict__["body"].upper(),
            lambda reply, text: reply.__dict__.update(body=text),
        )
        monkeypatch.setattr(Reply, "body", body)
    if made == "by a receiver":
        post_init.connect(louder, Reply)
    try:
        messages = read(desk_of(), talk)
        assert not is_fast(desk_of())
    finally:
        post_init.disconnect(louder, Reply)
    assert "IT IS." in str(messages[1].body)
