"""Markup without a word is no word: no message, no bubble, no answer to a handover."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.api.operations.wording import says_nothing, whole
from fin_bridge.models import ConversationState
from fin_bridge.operating import handover_watch
from fin_bridge.records import Attachment, AuthorReference, NewMessage
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Customer, Reply, Ticket
from tests.support.fin_caller import Caller
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING = [
    "<p><br></p>",
    "<p>&nbsp;</p>",
    "<p>\xa0</p>",
    "<p>&#8203;</p>",
    "<figure></figure>",
    '<figure class="image"><figcaption></figcaption></figure>',
    "<div><br/></div>",
    "<P>\n</P>",
    "<ul><li></li></ul>",
    "<blockquote><p></p></blockquote>",
    "<table><tbody><tr><td></td></tr></tbody></table>",
    "&nbsp;",
]
WORDS = ["<p>.</p>", "<p>👍</p>", "<figure>x</figure>", "<hello>", "<p>&lt;</p>", "0"]


class Pathed(demo.Replies):
    """A host whose bodies are read by no descriptor of ours."""

    body: Any = "body"


class Hooked(demo.Replies):
    """A host that reads its bodies itself."""

    def get_body(self, reply: Reply) -> str:
        return reply.body


class Plain(demo.Replies):
    """A host of plain texts."""

    body: Any = fin.Text("body")


def desk(replies: type[fin.Messages]) -> fin.Helpdesk:
    return fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)


marked, pathed, hooked, plain = map(desk, (demo.Replies, Pathed, Hooked, Plain))
HERE = "tests.api.operations.test_wording"


def new(body: str | None, *files: Attachment) -> NewMessage:
    return NewMessage("m", AuthorReference("1", "agent"), body=body, attachments=files)


def test_markup_without_a_word_says_nothing(subtests: pytest.Subtests) -> None:
    for body in NOTHING + WORDS:
        with subtests.test(body=body):
            assert says_nothing(body) == (body in NOTHING)


def test_what_the_sanitiser_would_empty_is_quoted_unless_it_says_nothing() -> None:
    file = Attachment("https://x.example/a", "text/plain", "a")
    for message in (new("<figure></figure>"), new("<p>x</p>"), new(None), new("<hello>", file)):
        assert whole(message) == message
    assert whole(new("<hello>")).body == "<p>&lt;hello&gt;</p>"


@pytest.mark.parametrize("body", ["<p><br></p>", "<p>&nbsp;</p>", "<figure></figure>"])
def test_fin_writes_no_message_without_a_word(
    caller: Caller, ticket: Ticket, customer: Customer, sarah: User, body: str
) -> None:
    for author, kind in ((sarah, "agent"), (customer, "end_user")):
        answer = caller.refused(
            "create_message",
            conversation_id=str(ticket.pk),
            object_id=kind,
            body=body,
            author={"id": str(author.pk), "user_type": kind},
        )
        assert answer == (400, "A message has a body or attachments.")
    assert not Reply.objects.exists()
    # An opening without a word is no reason to refuse a chat.
    opened = caller.opens(str(customer.pk), message={"body": body})
    pulled = caller.ask("get_messages", conversation_id=opened["conversation"]["id"])
    assert pulled == []


def say(ticket: Ticket, sarah: User, *bodies: str) -> None:
    rows = Reply.objects.bulk_create(
        [Reply(ticket=ticket, staff=sarah, body=body) for body in bodies]
    )
    Ticket.objects.update(created=ticket.created - timedelta(hours=1))
    Reply.objects.update(created=rows[0].created - timedelta(minutes=1))


@pytest.mark.parametrize("name", ["marked", "pathed", "hooked"])
def test_a_message_without_a_word_is_not_shown(
    caller: Caller, ticket: Ticket, sarah: User, settings: Settings, name: str
) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"{HERE}.{name}"
    say(ticket, sarah, *NOTHING, "<p>Hello</p>")
    shown = caller.ask("get_messages", conversation_id=str(ticket.pk))
    assert [message["body"] for message in shown] == ["<p>It burns.</p>", "<p>Hello</p>"]


def test_a_plain_text_without_a_word_is_not_shown(
    caller: Caller, ticket: Ticket, sarah: User, settings: Settings
) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"{HERE}.plain"
    say(ticket, sarah, " \n ", "\xa0", "\u200b", "\ufeff\r\n", "Hello")
    shown = caller.ask("get_messages", conversation_id=str(ticket.pk))
    assert [message["body"] for message in shown][1:] == ["<p>Hello</p>"]


@pytest.mark.parametrize("name", ["marked", "pathed", "hooked"])
def test_a_message_without_a_word_answers_no_handover(
    ticket: Ticket, sarah: User, stopped_clock: Clock, settings: Settings, name: str
) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"{HERE}.{name}"
    say(ticket, sarah, *NOTHING)
    began = Reply.objects.all()[0].created - timedelta(minutes=1)
    state = ConversationState.objects.create(
        integration="default",
        conversation_id=str(ticket.pk),
        handover="waiting",
        handed_over_at=began,
        holder="people",
    )
    stopped_clock.set(began + timedelta(minutes=2))
    handover_watch.watch(stopped_clock.now)
    state.refresh_from_db()
    assert state.handover == "waiting"
