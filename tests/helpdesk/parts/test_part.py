"""The port, on the demo's helpdesk: reading, writing, and what has no place."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models
from django.db.models.signals import pre_save
from pytest_django import DjangoAssertNumQueries, Settings

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import ConfigurationError, NotFoundError, NotWritableError, RefusedError
from fin_bridge.helpdesk import Context, Helpdesk, current
from fin_bridge.helpdesk.writing import kept_values
from fin_bridge.models import Event
from fin_bridge.records import (
    UNKNOWN_AUTHOR,
    Agent,
    Attachment,
    AuthorReference,
    EndUser,
    NewConversation,
    NewEndUser,
    NewMessage,
    UserType,
)
from helpdesk_demo import fin as demo
from helpdesk_demo.models import (
    Customer,
    Label,
    Reply,
    ReplyFile,
    StaffProfile,
    Status,
    Ticket,
)

pytestmark = pytest.mark.django_db

CONTEXT = Context("default")


def test_a_condition_may_name_several_values(ticket: Ticket) -> None:
    for slugs, is_one in ((["new", "waiting"], True), ({"solved"}, False)):
        tickets = type("Tickets", (demo.Tickets,), {"where": {"status.slug": slugs}})
        desk = Helpdesk(demo.Customers, demo.Staff, tickets, demo.Openings, demo.Replies)
        assert (desk.conversations.find(str(ticket.pk)) == ticket) is is_one
        assert desk.conversations.has(ticket) is is_one


@pytest.fixture
def desk() -> Helpdesk:
    return current()


def message(desk: Helpdesk, author: Any, **values: Any) -> NewMessage:
    kind: UserType = "agent" if isinstance(author, User) else "end_user"
    return NewMessage(
        "m1", AuthorReference(str(author.pk), kind), **{"body": "<p>Hi</p>", **values}
    )


# --- reading ------------------------------------------------------------------------------------


def test_a_conversation_as_fin_is_shown_it(
    desk: Helpdesk, ticket: Ticket, sarah: User, customer: Customer
) -> None:
    StaffProfile.objects.create(user=sarah, alias="Sal", portrait_url="https://x.example/s.png")
    ticket.assignee = sarah
    ticket.save()
    ticket.labels.add(Label.objects.create(name="urgent"))
    record = desk.conversations.record(desk.conversations.get(str(ticket.pk)))
    assert record.id == str(ticket.pk)
    assert (record.title, record.status, record.tags) == ("Printer", "open", ("urgent",))
    assert record.user == EndUser(
        str(customer.pk),
        "Ada Lovelace",
        "ada@example.com",
        attributes={"plan": "pro", "company": ""},
    )
    assert record.assignee == Agent(
        str(sarah.pk), "Sarah Lee", "sarah@example.com", "https://x.example/s.png", "Sal"
    )
    assert record.created_at == ticket.created


def test_an_agent_without_a_name_is_shown_by_login(desk: Helpdesk, sarah: User) -> None:
    sarah.first_name = sarah.last_name = ""
    assert desk.agents.record(sarah) == Agent(str(sarah.pk), "sarah", "sarah@example.com")


def test_the_timeline_begins_with_the_opening_text(
    desk: Helpdesk, ticket: Ticket, customer: Customer, sarah: User
) -> None:
    Reply.objects.create(ticket=ticket, body="<p>Me</p>")
    note = Reply.objects.create(ticket=ticket, body="<p>Note</p>", staff=sarah, internal=True)
    Reply.objects.create(ticket=ticket, body="", staff=sarah)
    shown = [one for one, _, _ in desk.timeline(ticket)]
    assert [one.id for one in shown] == [f"opening-{ticket.pk}", str(note.pk - 1), str(note.pk)]
    assert [one.body for one in shown] == ["<p>It burns.</p>", "<p>Me</p>", "<p>Note</p>"]
    assert [one.visibility for one in shown] == ["public", "public", "private"]
    assert shown[1].author == EndUser(str(customer.pk), "Ada Lovelace", "ada@example.com")
    assert isinstance(shown[2].author, Agent)
    assert {one.conversation_id for one in shown} == {str(ticket.pk)}


def test_after_an_id_come_the_later_ones_and_an_overlap(desk: Helpdesk, ticket: Ticket) -> None:
    replies = [Reply.objects.create(ticket=ticket, body=str(number)) for number in range(3)]
    for minutes, reply in zip((30, 20, 10), replies, strict=True):
        Reply.objects.filter(pk=reply.pk).update(
            created=ticket.created + timedelta(minutes=-minutes)
        )
    Ticket.objects.filter(pk=ticket.pk).update(created=ticket.created - timedelta(hours=1))
    ticket.refresh_from_db()

    def after(message_id: str, minutes: int) -> list[str | None]:
        rows = desk.timeline(ticket, message_id, timedelta(minutes=minutes))
        return [one.body for one, _, _ in rows]

    assert after(str(replies[1].pk), 0) == ["2"]
    assert after(str(replies[1].pk), 15) == ["0", "2"]
    assert after(f"opening-{ticket.pk}", 0) == ["0", "1", "2"]
    assert after("unknown", 0) == ["<p>It burns.</p>", "0", "1", "2"]
    assert after("999999", 0) == ["<p>It burns.</p>", "0", "1", "2"]


@pytest.mark.parametrize("number", [10, 200])
def test_queries_do_not_grow_with_the_messages(
    desk: Helpdesk,
    ticket: Ticket,
    sarah: User,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Reply.objects.bulk_create(
        Reply(ticket=ticket, body="x", staff=sarah if one % 2 else None) for one in range(number)
    )
    with django_assert_num_queries(5):
        assert len(list(desk.timeline(ticket))) == number + 1


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
        seen = [message.visibility for message, *_ in desk.timeline(ticket)]
    assert seen == ["public"] * 5


def test_an_author_is_looked_at_once_and_is_still_the_right_one(
    ticket: Ticket, sarah: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mary = User.objects.create_user("mary", is_staff=True)
    writers = [sarah, mary, None, sarah, None, mary]
    Reply.objects.bulk_create(Reply(ticket=ticket, body="x", staff=one) for one in writers)
    customer = str(ticket.customer_id)
    expected = [customer] + [str(one.pk) if one else customer for one in writers]

    def shown(**words: Any) -> list[str]:
        replies = type("Replies", (demo.Replies,), words)
        desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)
        return [one.author.id for one, _, _ in desk.timeline(ticket)]

    assert shown() == expected
    assert shown(get_author=lambda _, obj: obj.staff or obj.ticket) == expected
    monkeypatch.setattr(Reply, "writer", property(lambda obj: obj.staff), raising=False)
    by_property = fin.Author(agent="writer", end_user="ticket.customer")
    assert shown(author=by_property) == expected


@pytest.mark.parametrize("words", [{}, {"is_whole": lambda self, obj: True}])
def test_an_agent_whose_row_is_gone_is_not_the_customer(
    ticket: Ticket, sarah: User, monkeypatch: pytest.MonkeyPatch, words: Any
) -> None:
    """As it is where no constraint stands in the way, or the manager leaves somebody out."""
    Reply.objects.bulk_create([Reply(ticket=ticket, body="x", staff=sarah)])
    monkeypatch.setattr(User._meta, "base_manager", Active())
    replies = type("Replies", (demo.Replies,), words)
    desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)

    def author() -> str:
        [_, (message, _, _)] = desk.timeline(ticket)
        return message.author.id

    assert author() == str(sarah.pk)
    User.objects.update(is_active=False)
    assert author() == UNKNOWN_AUTHOR.id


def test_who_is_there_but_no_agent_may_be_the_customer(ticket: Ticket, sarah: User) -> None:
    Reply.objects.bulk_create([Reply(ticket=ticket, body="x", staff=sarah)])
    author = fin.Author(agent="staff.profile.user", end_user="ticket.customer")
    replies = type("Replies", (demo.Replies,), {"author": author})
    desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)
    assert [one.author.id for one, _, _ in desk.timeline(ticket)] == [str(ticket.customer_id)] * 2


class Active(models.Manager[User]):
    def __init__(self) -> None:
        super().__init__()
        self.model = User

    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().filter(is_active=True)


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
        *_, (message, _, _) = desk.timeline(ticket)
        assert [file.filename for file in message.attachments] == [shown]


def test_no_message_is_shown_without_its_file(desk: Helpdesk, ticket: Ticket) -> None:
    def say() -> None:
        [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, body="See.")])
        file = ReplyFile(reply=reply, link="https://files.example.com/a.png", filename="a.png")
        ReplyFile.objects.bulk_create([file])

    def meanwhile(execute: Any, sql: str, *arguments: Any) -> Any:
        if "helpdesk_demo_reply" in sql and "SELECT" in sql:
            say()
        return execute(sql, *arguments)

    say()
    with connection.execute_wrapper(meanwhile):
        shown = [one for one, part, _ in desk.timeline(ticket) if part is not desk.opening]
    assert len(shown) >= 2
    assert all(one.attachments for one in shown)


@pytest.mark.parametrize(
    "local_id",
    ["abc", "", "007", " 1", "1 ", "+1", "1.0", "9" * 5000, "9" * 30, "\x00", "1\x00", "٣", "-1"],
)
def test_an_id_that_is_none_finds_nothing(desk: Helpdesk, ticket: Ticket, local_id: str) -> None:
    assert desk.conversations.find(local_id) is None
    with pytest.raises(NotFoundError):
        desk.conversations.get(local_id)
    assert desk.conversations.in_bulk([local_id, str(ticket.pk)]) == {str(ticket.pk): ticket}


def test_only_staff_are_agents(desk: Helpdesk, sarah: User) -> None:
    outsider = User.objects.create_user("outsider")
    assert desk.agents.for_user(sarah) == sarah
    assert desk.agents.for_user(outsider) is None
    assert desk.agents.for_user(AnonymousUser()) is None
    assert desk.agents.for_user(Customer()) is None
    assert desk.agents.find(str(outsider.pk)) is None


# --- writing ------------------------------------------------------------------------------------


@pytest.fixture
def written(desk: Helpdesk, customer: Customer, sarah: User) -> Ticket:
    new = NewConversation(
        "c1",
        NewEndUser(),
        message(desk, customer, body="<p>Help<script>x</script></p>"),
        title="T" * 300,
        attributes={"channel": "web", "empty": None},
    )
    ticket: Ticket = desk.conversations.create(new, customer, Context("default", sarah))
    return ticket


def test_a_conversation_of_fins(desk: Helpdesk, written: Ticket, sarah: User) -> None:
    record = desk.conversations.record(desk.conversations.get(str(written.pk)))
    assert record.title == "T" * 200
    assert record.status == "open"
    assert record.attributes == {"channel": "web"}
    assert record.assignee is not None
    assert written.description == "<p>Help</p>"
    assert not Event.objects.exists()


def test_attributes_with_a_column_are_written_there_the_others_kept(
    desk: Helpdesk, customer: Customer
) -> None:
    desk.end_users.put(customer, {"attributes": {"plan": "free", "x": 1, "y": [2]}}, CONTEXT)
    desk.end_users.put(customer, {"attributes": {"x": None, "company": None}}, CONTEXT)
    customer.refresh_from_db()
    assert (customer.plan, customer.company) == ("free", "")
    assert kept_values.load("end_user", str(customer.pk)) == {"attributes": {"y": [2]}}
    assert desk.end_users.full_record(customer).attributes == {
        "plan": "free",
        "company": "",
        "y": [2],
    }


def test_what_is_no_text_is_written_into_a_text_column_as_json(
    desk: Helpdesk, customer: Customer
) -> None:
    desk.end_users.put(customer, {"attributes": {"plan": ["a", True], "company": 5}}, CONTEXT)
    customer.refresh_from_db()
    assert (customer.plan, customer.company) == ('["a",true]', "5")


def test_what_is_the_same_is_not_written(
    desk: Helpdesk, ticket: Ticket, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ticket = desk.conversations.get(str(ticket.pk))
    assert desk.conversations.read(ticket, "tags") == []
    with django_assert_num_queries(0):
        assert desk.conversations.put(
            ticket, {"title": "Printer", "status": "open", "tags": [], "assignee": None}, CONTEXT
        )


def test_a_status_is_the_row_that_its_word_names(desk: Helpdesk, ticket: Ticket) -> None:
    desk.conversations.put(ticket, {"status": "ended"}, CONTEXT)
    ticket.refresh_from_db()
    assert ticket.status.slug == "archived"
    assert Status.objects.count() == 4
    desk.conversations.reopen(ticket, CONTEXT)
    assert ticket.status.slug == "waiting"


def test_tags_replace_and_are_made_where_missing(desk: Helpdesk, ticket: Ticket) -> None:
    Label.objects.create(name="old")
    desk.conversations.put(ticket, {"tags": ["old", "new", "new"]}, CONTEXT)
    assert sorted(ticket.labels.values_list("name", flat=True)) == ["new", "old"]
    desk.conversations.put(ticket, {"tags": []}, CONTEXT)
    assert not ticket.labels.exists()
    assert not Event.objects.exists()


def test_messages_of_agents_and_customers(
    desk: Helpdesk, ticket: Ticket, customer: Customer, sarah: User
) -> None:
    part = desk.part_for(message(desk, sarah))
    assert part is not None
    link = Attachment("https://x.example/a.png", "image/png", "a.png")
    by_fin, stands = part.create(
        ticket, message(desk, sarah, visibility="private", attachments=[link]), CONTEXT
    )
    by_customer, _ = part.create(ticket, message(desk, customer), CONTEXT)
    assert stands
    assert (by_fin.staff, by_fin.internal) == (sarah, True)
    assert (by_customer.staff, by_customer.internal) == (None, False)
    record = part.record(part.get(str(by_fin.pk)), str(ticket.pk))
    assert record is not None
    assert record.attachments == (link,)
    assert not Event.objects.exists()


def test_authors_must_exist(desk: Helpdesk, ticket: Ticket) -> None:
    new = NewMessage("m1", AuthorReference("999", "agent"), "x")
    with pytest.raises(NotFoundError):
        desk.messages[1].create(ticket, new, CONTEXT)
    assert not Reply.objects.exists()


def test_the_helpdesks_own_validation_refuses(desk: Helpdesk, customer: Customer) -> None:
    with pytest.raises(RefusedError, match="valid email"):
        desk.end_users.put(customer, {"email": "nonsense"}, CONTEXT)


def test_what_the_host_changes_on_the_way_is_noticed(desk: Helpdesk, ticket: Ticket) -> None:
    def shout(instance: Ticket, **_: Any) -> None:
        instance.subject = instance.subject.upper()

    pre_save.connect(shout, sender=Ticket)
    try:
        assert not desk.conversations.put(ticket, {"title": "quiet"}, CONTEXT)
    finally:
        pre_save.disconnect(shout, sender=Ticket)
    assert ticket.subject == "QUIET"


# --- files --------------------------------------------------------------------------------------


def test_a_part_is_filtered_where_a_decorator_filters_it() -> None:
    """Which looks like what it decorates."""

    def only_new(queryset: Any) -> Any:
        @functools.wraps(queryset)
        def filtered(self: Any) -> Any:
            return queryset(self).filter(status__slug="new")

        return filtered

    words = {"queryset": only_new(fin.Conversations.queryset)}
    assert type("Tickets", (demo.Tickets,), words)().is_filtered
    assert not demo.Tickets().is_filtered


def test_an_opening_that_is_filtered_is_looked_for(ticket: Ticket) -> None:
    for where, shown in (({}, 1), ({"subject": "Printer"}, 1), ({"subject": "Paper"}, 0)):
        openings = type("Openings", (demo.Openings,), {"where": where})
        desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, openings, demo.Replies)
        assert len(list(desk.timeline(ticket))) == shown
        moment = desk.messages[0].moment(ticket, f"opening-{ticket.pk}")
        assert moment == (ticket.created if shown else None)
        assert desk.messages[0].moment(ticket, "opening-0") is None


# --- other shapes -------------------------------------------------------------------------------


class Bare(fin.Conversations):
    model, user, created_at = "helpdesk_demo.Ticket", "customer", "created"
    status = fin.Choice("status.slug", {"waiting": "open"})

    def get_attributes(self, obj: Ticket) -> dict[str, Any]:
        return {"number": obj.pk}

    def set_title(self, obj: Ticket, value: Any, context: Context) -> set[str]:
        obj.subject = f"Fin: {value}"
        return {"subject"}


class Notes(fin.Messages):
    model, conversation, created_at = "helpdesk_demo.Reply", "ticket", "created"
    body, prefix = fin.Text("body"), "note-"
    visibility = fin.Const("private")
    author = fin.Author(agent="staff")

    def queryset(self) -> Any:
        return super().queryset().filter(internal=True)


@pytest.fixture
def bare() -> Helpdesk:
    return Helpdesk(demo.Customers, demo.Staff, Bare, Notes)


def test_words_without_a_place_are_kept(bare: Helpdesk, ticket: Ticket) -> None:
    bare.conversations.put(ticket, {"tags": ["a"], "title": "x", "attributes": {"k": 1}}, CONTEXT)
    record = bare.conversations.record(ticket)
    assert (record.tags, record.title) == (("a",), None)
    assert record.attributes == {"k": 1, "number": ticket.pk}
    assert record.assignee is None
    assert record.updated_at == ticket.created
    ticket.refresh_from_db()
    assert ticket.subject == "Fin: x"


def test_what_means_nothing_to_the_helpdesk_is_not_written(
    bare: Helpdesk, ticket: Ticket, sarah: User
) -> None:
    bare.conversations.put(ticket, {"status": "closed", "assignee": sarah}, CONTEXT)
    assert kept_values.load("conversation", str(ticket.pk)) == {}
    assert bare.conversations.record(ticket).status == "open"


def test_a_status_whose_row_is_gone_is_not_written(ticket: Ticket) -> None:
    Status.objects.filter(slug="solved").delete()
    current().conversations.put(ticket, {"status": "resolved", "title": "Fire"}, CONTEXT)
    ticket.refresh_from_db()
    assert (ticket.status.slug, ticket.subject) == ("waiting", "Fire")


def test_a_part_of_notes_takes_notes_only(bare: Helpdesk, ticket: Ticket, sarah: User) -> None:
    new = message(bare, sarah, visibility="private", body="<p>one</p><p>two</p>")
    part = bare.part_for(new)
    assert part is not None
    note, _ = part.create(ticket, new, CONTEXT)
    assert note.body == "one\n\ntwo"
    with pytest.raises(ConfigurationError, match="public"):
        bare.part_for(replace(new, visibility="public"))
    assert part.find(str(note.pk)) is None


def test_a_private_note_never_turns_out_public(
    bare: Helpdesk, ticket: Ticket, sarah: User
) -> None:
    with pytest.raises(RefusedError, match="public message"):
        bare.messages[0].create(ticket, message(bare, sarah, visibility="public"), CONTEXT)
    assert not Reply.objects.exists()


def test_files_without_a_place_become_links(bare: Helpdesk, ticket: Ticket, sarah: User) -> None:
    link = Attachment("https://x.example/?a=1&b=2", "image/png", "<a>.png")
    new = message(bare, sarah, visibility="private", attachments=[link])
    note, _ = bare.messages[0].create(ticket, new, CONTEXT)
    assert note.body == "Hi\n\n<a>.png (https://x.example/?a=1&b=2)"


def test_an_author_that_no_rule_places_is_not_the_customer(bare: Helpdesk, ticket: Ticket) -> None:
    note = Reply.objects.create(ticket=ticket, body="x", internal=True)
    record = bare.messages[0].record(note, str(ticket.pk))
    assert record is not None
    assert record.author == UNKNOWN_AUTHOR


def test_columns_tell_what_fins_view_depends_on(desk: Helpdesk, bare: Helpdesk) -> None:
    assert desk.conversations.columns() == frozenset(
        [
            "subject",
            "customer",
            "customer_id",
            "assignee",
            "assignee_id",
            "status",
            "status_id",
            "created",
            "modified",
        ]
    )
    assert bare.conversations.columns() is None


def test_a_descriptor_of_ones_own_is_read_only_unless_it_writes() -> None:
    field = fin.Const(1).bind(Bare(), "title")
    with pytest.raises(NotWritableError, match=r"Bare\.title"):
        field.write(object(), 2, CONTEXT)
    with pytest.raises(NotImplementedError):
        fin.Field().read(object())


def test_a_file_that_cannot_be_linked_is_not_written(desk: Helpdesk, ticket: Ticket) -> None:
    files = fin.Files("files", file="upload").bind(desk.messages[1], "attachments")
    with pytest.raises(NotWritableError):
        files.write(Reply(), [Attachment("https://x", "a", "b")], CONTEXT)


def test_an_agent_cannot_write_where_only_customers_do(
    desk: Helpdesk, ticket: Ticket, sarah: User
) -> None:
    author = fin.Author(end_user="ticket.customer").bind(desk.messages[1], "author")
    with pytest.raises(RefusedError):
        author.write(Reply(ticket=ticket), sarah, CONTEXT)


# --- the description itself ---------------------------------------------------------------------


def test_a_helpdesk_needs_each_part_once() -> None:
    with pytest.raises(ConfigurationError, match="Conversations, not 0"):
        Helpdesk(demo.Customers, demo.Staff, demo.Replies)
    with pytest.raises(ConfigurationError, match="Agents, not 2"):
        Helpdesk(demo.Customers, demo.Staff, demo.Staff, demo.Tickets, demo.Replies)
    with pytest.raises(ConfigurationError, match="Messages"):
        Helpdesk(demo.Customers, demo.Staff, demo.Tickets)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("", "must name"),
        ("nowhere.at_all", "cannot be imported"),
        ("helpdesk_demo.fin.missing", "cannot be imported"),
        ("helpdesk_demo.fin.Tickets", "is no Helpdesk"),
    ],
)
def test_a_wrong_setting_is_named(settings: Settings, path: str, text: str) -> None:
    settings.FIN_BRIDGE_HELPDESK = path
    with pytest.raises(ConfigurationError, match=text):
        current()


def test_the_demos_description_has_no_problems(desk: Helpdesk) -> None:
    assert [problem for part in desk.parts for problem in part.problems()] == []


def test_each_mistake_is_a_sentence() -> None:
    class Wrong(fin.Conversations):
        model = "helpdesk_demo.Ticket"
        title, user = "subjekt", "customer.nam"
        created_at, updated_at = "created.date.year", "customer.full_name.x"
        assignee = "assignee.get_full_name.upper"
        tags = fin.Many("customer", "name")
        attributes = {"a": "status.colour"}

    desk = Helpdesk(demo.Customers, demo.Staff, Wrong, demo.Replies)
    assert sorted(desk.conversations.problems()) == [
        "Wrong.attributes: helpdesk_demo.Status has no 'colour' (in 'status.colour')",
        "Wrong.tags: 'customer' is no relation to many rows",
        "Wrong.title: helpdesk_demo.Ticket has no 'subjekt' (in 'subjekt')",
        "Wrong.user: helpdesk_demo.Customer has no 'nam' (in 'customer.nam')",
    ]


def test_a_choice_of_the_model_without_a_word_is_a_mistake() -> None:
    class Events(fin.Conversations):
        model = "fin_bridge.Event"
        status = fin.Choice("state", {"waiting": "open"})

    desk = Helpdesk(demo.Customers, demo.Staff, Events, demo.Replies)
    problems = list(desk.conversations.problems())
    assert len(problems) == 5
    assert "Events.status: 'state' may be 'sent' (sent): there is no word for it" in problems


def test_values_that_cannot_be_validated_are_reported_as_refused(
    desk: Helpdesk, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Ticket, *args: Any, **kwargs: Any) -> None:
        raise ValidationError(["closed tickets cannot be changed", "sorry"])

    monkeypatch.setattr(Ticket, "save", refuse)
    with pytest.raises(RefusedError, match="closed tickets cannot be changed; sorry"):
        desk.conversations.put(ticket, {"title": "new"}, CONTEXT)


# --- rarer shapes -------------------------------------------------------------------------------


class Uploads(fin.Messages):
    """Files that are messages of their own; the conversation is behind another table."""

    model, conversation, created_at = "helpdesk_demo.ReplyFile", "reply.ticket", "reply.created"
    body, prefix, author = fin.Text("filename"), "file-", fin.Author(agent="reply.staff")


def test_a_conversation_behind_another_table(ticket: Ticket, sarah: User) -> None:
    desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, Uploads)
    reply = Reply.objects.create(ticket=ticket, body="x", staff=sarah)
    file = ReplyFile.objects.create(reply=reply, filename="a.txt")
    [(message, part, found)] = desk.timeline(ticket)
    assert (message.id, message.body) == (f"file-{file.pk}", "<p>a.txt</p>")
    assert message.visibility == "private"
    assert part.conversation_id(found) == str(ticket.pk)
    assert part.conversation_id(ReplyFile()) is None
    assert isinstance(message.author, Agent)
    assert desk.message(ticket, message.id) == (message, file)
    assert desk.message(ticket, "file-999") is None


def test_an_opening_may_be_private(ticket: Ticket) -> None:
    class Summary(demo.Openings):
        visibility = "private"

    desk = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, Summary, demo.Replies)
    [(message, part, found)] = desk.timeline(ticket)
    assert message.visibility == "private"
    assert part.conversation_id(found) == str(ticket.pk)


def test_a_word_of_another_spelling_in_memory_is_the_same(desk: Helpdesk) -> None:
    flag = fin.Flag("internal", private=True).bind(desk.messages[1], "visibility")
    values: list[Any] = ["0", "1", "odd", None]
    assert [flag.read(Reply(internal=value)) for value in values] == [
        "public",
        "private",
        "private",
        "private",
    ]


def test_what_is_not_permitted_is_refused(desk: Helpdesk, ticket: Ticket) -> None:
    def forbid(**_: Any) -> None:
        raise PermissionDenied

    pre_save.connect(forbid, sender=Ticket)
    try:
        with pytest.raises(RefusedError, match="does not permit"):
            desk.conversations.put(ticket, {"title": "new"}, CONTEXT)
    finally:
        pre_save.disconnect(forbid, sender=Ticket)


def test_what_is_kept_already_is_not_written_again(
    bare: Helpdesk, ticket: Ticket, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bare.conversations.put(ticket, {"tags": ["a"]}, CONTEXT)
    with django_assert_num_queries(2):
        bare.conversations.put(ticket, {"tags": ["a"]}, CONTEXT)


def test_files_may_have_nothing_but_a_link(desk: Helpdesk, ticket: Ticket) -> None:
    reply = Reply.objects.create(ticket=ticket, body="x")
    files = fin.Files("files", file="upload", link="link").bind(desk.messages[1], "attachments")
    assert files.rows(Reply()) == []
    files.write(reply, [Attachment("https://x.example/a.png", "image/png", "a.png")], CONTEXT)
    [stored] = reply.files.all()
    assert (stored.link, stored.filename) == ("https://x.example/a.png", "")


def test_a_row_that_a_path_leads_to_is_read_and_never_written(
    ticket: Ticket, sarah: User, customer: Customer
) -> None:
    class Named(demo.Tickets):
        title, attributes = "customer.full_name", {"agent": "assignee.username"}

    desk = Helpdesk(demo.Customers, demo.Staff, Named, demo.Replies)
    desk.conversations.put(ticket, {"title": "Somebody else"}, CONTEXT)
    customer.refresh_from_db()
    assert customer.full_name == "Ada Lovelace"
    assert desk.conversations.record(ticket).title == "Ada Lovelace"
    assert desk.conversations.record(ticket).attributes == {"agent": None}
    ticket.assignee = sarah
    assert desk.conversations.record(ticket).attributes == {"agent": "sarah"}


def test_a_relation_without_a_name_of_its_own_has_two() -> None:
    for name in ("logentry_set", "logentry"):
        rows = fin.Many(name, "object_repr").bind(current().agents, "tags")
        assert list(rows.problems()) == []
        assert rows.relation.related_model._meta.label == "admin.LogEntry"
        [fetch] = rows.prefetches()
        assert fetch.prefetch_through == "logentry_set"
