"""Loading and creating messages, in both dialects."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.database import clock
from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import Part, current
from fin_bridge.helpdesk.reading.snapshot import extent
from fin_bridge.helpdesk.refused_messages import resubmit
from fin_bridge.models import ConversationState, Event, FinCall
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Customer, Reply, ReplyFile, Status, Ticket
from tests.support.fin_caller import Caller
from tests.support.world import Clock, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)


public = type("Public", (demo.Replies,), {"visibility": fin.Const("public")})


without_notes = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, public)


def fails(self: Any, text: str) -> str:
    raise RuntimeError("No words.")


def grows(self: Any, text: str) -> str:
    """The opening text is read, and meanwhile somebody answers."""
    Reply.objects.bulk_create([Reply(ticket=Ticket.objects.get(), body="<p>Meanwhile</p>")])
    return text


def described(openings: type[fin.Opening]) -> fin.Helpdesk:
    return fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, openings, demo.Replies)


speechless = described(type("Speechless", (demo.Openings,), {"redact": fails}))


growing = described(type("Growing", (demo.Openings,), {"redact": grows}))


def test_a_private_note_is_kept_where_the_helpdesk_has_none(
    caller: Caller, old_ticket: Ticket, sarah: User, settings: Settings
) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.api.operations.test_messages.without_notes"
    note = writes(caller, old_ticket, sarah, visibility="private").data
    assert (note["visibility"], note["author"]["id"]) == ("private", str(sarah.pk))
    assert caller.ask("get_messages", conversation_id=str(old_ticket.pk))[1:] == [note]
    assert writes(caller, old_ticket, sarah, visibility="private").data == note
    resubmit(clock.now("default") + timedelta(days=9))
    assert not Reply.objects.exists()


def add(ticket: Ticket, body: str, **values: Any) -> Reply:
    """A message of a minute ago, without an event of its own."""
    age = values.pop("age", timedelta(minutes=1))
    [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, body=f"<p>{body}</p>", **values)])
    Reply.objects.filter(pk=reply.pk).update(created=reply.created - age)
    return reply


def bodies(messages: list[dict[str, Any]]) -> list[str]:
    return [message["body"].removeprefix("<p>").removesuffix("</p>") for message in messages]


@pytest.fixture
def old_ticket(ticket: Ticket) -> Ticket:
    """Opened an hour ago."""
    Ticket.objects.update(created=ticket.created - timedelta(hours=1))
    return ticket


def writes(caller: Caller, ticket: Ticket, author: Any, **values: Any) -> Any:
    """A message of Fin's agent or of the customer."""
    kind = "agent" if isinstance(author, User) else "end_user"
    given = {"object_id": "m-1", "body": "<p>Hello</p>", **values}
    return caller.call(
        "create_message",
        conversation_id=str(ticket.pk),
        author={"id": str(author.pk), "user_type": kind},
        **given,
    )


def test_messages_are_loaded_oldest_first(caller: Caller, old_ticket: Ticket, sarah: User) -> None:
    add(old_ticket, "note", staff=sarah, internal=True, age=timedelta(minutes=3))
    reply = add(old_ticket, "reply", staff=sarah, age=timedelta(minutes=2))
    ReplyFile.objects.bulk_create(
        [ReplyFile(reply=reply, link="https://files.example.com/a.png", filename="a.png")]
    )
    add(old_ticket, "thanks")
    messages = caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    assert bodies(messages) == ["It burns.", "note", "reply", "thanks"]
    assert [message["visibility"] for message in messages] == [
        "public",
        "private",
        "public",
        "public",
    ]
    assert [message["author"]["user_type"] for message in messages] == [
        "end_user",
        "agent",
        "agent",
        "end_user",
    ]
    assert messages[2]["attachments"] == [
        {
            "url": "https://files.example.com/a.png",
            "filetype": "image/png",
            "filename": "a.png",
        }
    ]


def test_there_may_be_none(caller: Caller, ticket: Ticket) -> None:
    Ticket.objects.update(description="")
    assert caller.ask("get_messages", conversation_id=str(ticket.pk)) == []


def test_private_notes_may_be_withheld(
    caller: Caller, old_ticket: Ticket, sarah: User, settings: Settings
) -> None:
    add(old_ticket, "note", staff=sarah, internal=True)
    settings.FIN_BRIDGE_SHOW_PRIVATE_NOTES = False
    messages = caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    assert bodies(messages) == ["It burns."]


def test_an_after_id_that_says_nothing_gets_everything(
    caller: Caller, old_ticket: Ticket, sarah: User, subtests: pytest.Subtests
) -> None:
    add(old_ticket, "reply", staff=sarah)
    for after_id in ["999", "abc", "", "-1", "9" * 5000, "a\x00b", "💥"]:
        with subtests.test(after_id=after_id[:10]):
            asked = {"conversation_id": str(old_ticket.pk), "after_id": after_id}
            assert bodies(caller.ask("get_messages", **asked)) == ["It burns.", "reply"]


def test_an_after_id_of_another_conversation_gets_everything(
    caller: Caller, old_ticket: Ticket, customer: Customer, sarah: User
) -> None:
    foreign = add(make_ticket(customer), "elsewhere", staff=sarah)
    add(old_ticket, "reply", staff=sarah)
    messages = caller.ask(
        "get_messages", conversation_id=str(old_ticket.pk), after_id=str(foreign.pk)
    )
    assert bodies(messages) == ["It burns.", "reply"]


@pytest.mark.parametrize(
    ("age", "shown"),
    [(0.0, False), (0.4, False), (0.5, True), (-0.001, True), (-3600, True)],
)
def test_a_message_is_not_shown_before_it_is_whole(
    caller: Caller,
    old_ticket: Ticket,
    sarah: User,
    stopped_clock: Clock,
    age: float,
    shown: bool,
) -> None:
    reply = add(old_ticket, "reply", staff=sarah)
    Reply.objects.filter(pk=reply.pk).update(created=stopped_clock.now - timedelta(seconds=age))
    Ticket.objects.update(created=stopped_clock.now - timedelta(hours=1))
    messages = caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    assert ("reply" in bodies(messages)) is shown
    causes = list(Event.objects.values_list("cause", flat=True))
    assert causes == ([] if shown else ["held back until whole"])


def test_the_helpdesk_may_say_that_more_is_to_come(
    caller: Caller, old_ticket: Ticket, sarah: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(old_ticket, "reply", staff=sarah)
    for part in current().messages:
        monkeypatch.setattr(part, "is_whole", lambda obj: isinstance(obj, Ticket))
    messages = caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    assert bodies(messages) == ["It burns."]
    assert Event.objects.get().reaction


def test_fins_own_messages_are_shown_at_once(
    caller: Caller, old_ticket: Ticket, customer: Customer, sarah: User
) -> None:
    writes(caller, old_ticket, sarah, body="<p>from Fin</p>")
    writes(caller, old_ticket, customer, object_id="m-2", body="<p>from Ada</p>")
    Reply.objects.create(ticket=old_ticket, staff=sarah, body="<p>as Fin's agent</p>")
    Event.objects.all().delete()
    messages = caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    assert bodies(messages) == ["It burns.", "from Fin", "from Ada", "as Fin's agent"]
    assert not Event.objects.exists()


def test_a_pull_that_fails_on_the_way_is_none(
    caller: Caller, old_ticket: Ticket, settings: Settings
) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.api.operations.test_messages.speechless"
    assert caller.call("get_messages", conversation_id=str(old_ticket.pk)).status == 500
    assert not ConversationState.objects.exclude(pulled_at=None).exists()
    settings.FIN_BRIDGE_HELPDESK = "helpdesk_demo.fin.helpdesk"
    caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    assert ConversationState.objects.get().pulled_at is not None


def test_what_is_written_while_fin_pulls_is_not_taken_for_shown(
    caller: Caller, old_ticket: Ticket, settings: Settings
) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.api.operations.test_messages.growing"
    caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    assert Reply.objects.exists()
    assert ConversationState.objects.get().extent != extent(current(), old_ticket)


def test_of_its_own_messages_fin_knows_but_not_of_others(
    caller: Caller, old_ticket: Ticket, sarah: User
) -> None:
    caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    writes(caller, old_ticket, sarah)
    known = ConversationState.objects.get().extent
    assert known == extent(current(), old_ticket)
    add(old_ticket, "by a person", staff=sarah)
    writes(caller, old_ticket, sarah, object_id="m-2")
    assert ConversationState.objects.get().extent == known


def test_fins_agent_answers(caller: Caller, old_ticket: Ticket, sarah: User) -> None:
    answer = writes(caller, old_ticket, sarah, visibility="private")
    assert answer.status == 201
    message = answer.data
    assert message["author"]["id"] == str(sarah.pk)
    assert (message["body"], message["visibility"]) == ("<p>Hello</p>", "private")
    reply = Reply.objects.get()
    assert (str(reply.pk), reply.staff, reply.internal) == (message["id"], sarah, True)
    assert not Event.objects.exists()


def test_a_repeated_message_is_answered_like_the_first(
    caller: Caller, old_ticket: Ticket, sarah: User
) -> None:
    first = writes(caller, old_ticket, sarah)
    again = writes(caller, old_ticket, sarah, body="<p>Something else</p>")
    assert (first.status, first.data) == (again.status, again.data)
    assert Reply.objects.count() == 1


def test_many_at_once_make_one(caller: Caller, old_ticket: Ticket, sarah: User) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: writes(caller, old_ticket, sarah), range(16)))
    assert all(answer.data == answers[0].data for answer in answers)
    assert Reply.objects.count() == 1


def test_files_come_with_it_or_alone(caller: Caller, old_ticket: Ticket, sarah: User) -> None:
    attachments = [
        {"url": "https://files.example.com/manual.pdf"},
        {"url": "https://files.example.com/x", "filetype": "image/png", "filename": "x.png"},
        {"url": "https://files.example.com/"},
    ]
    message = writes(caller, old_ticket, sarah, body=None, attachments=attachments).data
    assert message["body"] is None
    assert [(one["filetype"], one["filename"]) for one in message["attachments"]] == [
        ("application/pdf", "manual.pdf"),
        ("image/png", "x.png"),
        ("application/octet-stream", "file"),
    ]
    assert message["attachments"][0]["url"] == "https://files.example.com/manual.pdf"


def test_a_link_that_is_too_long_for_its_column_stands_in_the_text(
    caller: Caller, old_ticket: Ticket, sarah: User
) -> None:
    url = "https://files.example.com/" + "x" * 3000
    message = writes(caller, old_ticket, sarah, attachments=[{"url": url}]).data
    assert message["attachments"] == []
    assert f'<a href="{url}">' in message["body"]


def test_the_customer_writes(caller: Caller, old_ticket: Ticket, customer: Customer) -> None:
    message = writes(caller, old_ticket, customer).data
    assert message["author"]["id"] == str(customer.pk)
    assert Reply.objects.get().staff is None


def test_nobody_else_writes_in_the_customers_name(
    caller: Caller, old_ticket: Ticket, statuses: object
) -> None:
    somebody = Customer.objects.create(full_name="Eve")
    answer = writes(caller, old_ticket, somebody)
    assert (answer.status, answer.data["detail"]) == (
        400,
        "The author is not this conversation's end user.",
    )
    somebody.pk += 100
    assert writes(caller, old_ticket, somebody).status == 404
    assert not Reply.objects.exists()


@pytest.mark.parametrize("slug", ["solved", "archived"])
def test_the_customers_word_opens_a_finished_conversation(
    caller: Caller, old_ticket: Ticket, customer: Customer, sarah: User, slug: str
) -> None:
    Ticket.objects.update(status=Status.objects.get(slug=slug))
    caller.ask("get_conversation", conversation_id=str(old_ticket.pk))
    writes(caller, old_ticket, sarah)
    assert Ticket.objects.get().status.slug == slug
    writes(caller, old_ticket, customer, object_id="m-2")
    assert Ticket.objects.get().status.slug == "waiting"
    # Nobody but Fin has changed it, so that Fin's next word on it counts.
    shown = caller.ask(
        "update_conversation", conversation_id=str(old_ticket.pk), status="resolved"
    )
    assert shown["status"] == "resolved"


def test_an_open_conversation_is_not_opened_again(
    caller: Caller, old_ticket: Ticket, customer: Customer
) -> None:
    Ticket.objects.update(status=Status.objects.get(slug="new"))
    writes(caller, old_ticket, customer)
    assert Ticket.objects.get().status.slug == "new"


def test_a_message_that_the_helpdesk_changes_is_pulled_again(
    caller: Caller, old_ticket: Ticket, sarah: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Part.put
    monkeypatch.setattr(Part, "put", lambda *given: put(*given) and False)
    writes(caller, old_ticket, sarah)
    assert Event.objects.get().cause == "the helpdesk changed what Fin wrote"


def test_a_message_that_the_helpdesk_does_not_show_is_answered_as_written(
    caller: Caller, old_ticket: Ticket, sarah: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in current().messages:
        monkeypatch.setattr(part, "is_shown", lambda obj: False)
    message = writes(caller, old_ticket, sarah).data
    assert (message["id"], message["body"]) == (str(Reply.objects.get().pk), "<p>Hello</p>")


@pytest.fixture
def replies() -> Part:
    """The part that messages are written to."""
    return next(part for part in current().messages if part.model_class is Reply)


def refuse(*_: Any) -> None:
    raise RefusedError("Not on Sundays.")


def test_a_customers_words_that_the_helpdesk_refuses_are_kept(
    caller: Caller,
    old_ticket: Ticket,
    customer: Customer,
    sarah: User,
    replies: Part,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replies, "create", refuse)
    answer = writes(caller, old_ticket, customer)
    assert answer.status == 201
    assert answer.data["body"] == "<p>Hello</p>"
    assert answer.data["author"]["id"] == str(customer.pk)
    assert writes(caller, old_ticket, customer).data == answer.data
    messages = caller.ask("get_messages", conversation_id=str(old_ticket.pk))
    assert answer.data in messages
    assert FinCall.objects.filter(detail__startswith="kept by us").count() == 1
    refused = writes(caller, old_ticket, sarah, object_id="m-2")
    assert (refused.status, refused.data["detail"]) == (400, "Not on Sundays.")


def test_a_database_that_stumbles_is_no_refusal(
    caller: Caller,
    old_ticket: Ticket,
    customer: Customer,
    replies: Part,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for part, name in ((replies, "create"), (current().conversations, "reopen")):
        done, stumbles = getattr(part, name), [OperationalError("deadlock")]

        def stumble(*given: Any, done: Any = done, stumbles: Any = stumbles) -> Any:
            if stumbles:
                raise stumbles.pop()
            return done(*given)

        monkeypatch.setattr(part, name, stumble)
        Ticket.objects.update(status=Status.objects.get(slug="solved"))
        answer = writes(caller, old_ticket, customer, object_id=name)
        assert answer.status == 201
        assert stumbles == []
    assert Reply.objects.count() == 2


def test_what_the_helpdesk_does_not_reopen_may_still_take_a_message(
    caller: Caller, old_ticket: Ticket, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ticket.objects.update(status=Status.objects.get(slug="archived"))
    monkeypatch.setattr(current().conversations, "reopen", refuse)
    assert writes(caller, old_ticket, customer).status == 201
    assert Reply.objects.get().ticket.status.slug == "archived"


def test_a_create_is_not_repeated_for_a_deleted_message(
    caller: Caller, old_ticket: Ticket, sarah: User
) -> None:
    writes(caller, old_ticket, sarah)
    Reply.objects.all().delete()
    assert writes(caller, old_ticket, sarah).status == 404


def test_a_message_repeated_in_another_conversation_is_not_found(
    caller: Caller, old_ticket: Ticket, customer: Customer, sarah: User
) -> None:
    writes(caller, old_ticket, sarah)
    assert writes(caller, make_ticket(customer), sarah).status == 404


@pytest.mark.parametrize("word", ["visibility", "message_type"])
def test_half_a_character_is_refused_where_the_refusal_repeats_it(
    caller: Caller, old_ticket: Ticket, sarah: User, word: str
) -> None:
    message = {
        "conversation_id": str(old_ticket.pk),
        "object_id": "m",
        "body": "<p>x</p>",
        "author": {"id": str(sarah.pk), "user_type": "agent"},
        word: "\ud800",
    }
    operation = caller.operation("create_message")
    body = json.dumps(message).encode()
    answer = caller.send("create_message", operation.method, operation.path, body=body)
    assert answer.status == 400
    assert answer.data["detail"].startswith(f"{word}: ")
