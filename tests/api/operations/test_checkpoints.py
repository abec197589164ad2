"""What enters a conversation late is shown to Fin, which asks for what came after a message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.api.operations.checkpoints import MOST, Passage, with_message
from fin_bridge.models import ConversationState
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Customer, Reply, Ticket
from tests.support.fin_caller import Caller
from tests.support.world import make_ticket

pytestmark = pytest.mark.django_db(transaction=True)


class Released(demo.Replies):
    """Replies that wait for approval, told by their text, are no messages yet."""

    def is_shown(self, obj: Reply) -> bool:
        return not obj.body.startswith("<p>DRAFT")


class Whole(demo.Replies):
    def is_whole(self, obj: Reply) -> bool:
        return not obj.body.startswith("<p>PART")


released, whole = (
    fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Openings, replies)
    for replies in (Released, Whole)
)


def add(ticket: Ticket, body: str, *, age: timedelta, **values: Any) -> Reply:
    """Store a reply of some time ago, without an event of its own."""
    [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, body=f"<p>{body}</p>", **values)])
    Reply.objects.filter(pk=reply.pk).update(created=reply.created - age)
    return reply


MINUTES = [timedelta(minutes=number) for number in range(60)]


@pytest.fixture
def old_ticket(customer: Customer) -> Ticket:
    ticket = make_ticket(customer)
    Ticket.objects.update(created=ticket.created - timedelta(hours=10))
    return ticket


@pytest.fixture
def pull(caller: Caller, old_ticket: Ticket) -> Callable[..., list[str]]:
    """Pull as Fin does, after the last message that it has seen; the texts of what it gets."""
    seen = ""

    def pull(after_id: str | None = None) -> list[str]:
        nonlocal seen
        given = seen if after_id is None else after_id
        messages = caller.ask("get_messages", conversation_id=str(old_ticket.pk), after_id=given)
        seen = messages[-1]["id"] if messages else seen
        return [message["body"].removeprefix("<p>").removesuffix("</p>") for message in messages]

    return pull


Pull = Callable[..., list[str]]


def test_after_the_last_message_come_the_later_ones_alone(
    pull: Pull, old_ticket: Ticket, sarah: User
) -> None:
    add(old_ticket, "first", staff=sarah, age=MINUTES[9])
    assert pull() == ["It burns.", "first"]
    assert pull() == []
    add(old_ticket, "second", staff=sarah, age=MINUTES[5])
    add(old_ticket, "third", age=MINUTES[4])
    assert pull() == ["second", "third"]
    assert pull() == []


def test_a_mail_that_was_hours_under_way(pull: Pull, old_ticket: Ticket) -> None:
    add(old_ticket, "new", age=MINUTES[10])
    pull()
    add(old_ticket, "late", age=timedelta(hours=4))
    assert pull() == ["It burns.", "late", "new"]
    assert pull() == []


def test_what_comes_after_a_message_whose_clock_is_ahead(pull: Pull, old_ticket: Ticket) -> None:
    add(old_ticket, "from tomorrow", age=-timedelta(hours=2))
    pull()
    add(old_ticket, "now", age=MINUTES[1])
    assert pull() == ["It burns.", "now", "from tomorrow"]
    assert pull() == []


def test_a_draft_that_is_released(
    pull: Pull, old_ticket: Ticket, settings: Settings, sarah: User
) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.api.operations.test_checkpoints.released"
    draft = add(old_ticket, "DRAFT", staff=sarah, age=MINUTES[30])
    add(old_ticket, "later", age=MINUTES[2])
    assert pull() == ["It burns.", "later"]
    draft.body = "<p>approved</p>"
    draft.save(update_fields=["body"])
    assert pull() == ["It burns.", "approved", "later"]


def test_a_message_that_was_long_not_whole(
    pull: Pull, old_ticket: Ticket, settings: Settings, sarah: User
) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.api.operations.test_checkpoints.whole"
    part = add(old_ticket, "PART", staff=sarah, age=MINUTES[30])
    add(old_ticket, "later", age=MINUTES[2])
    assert pull() == ["It burns.", "later"]
    Reply.objects.filter(pk=part.pk).update(body="<p>with its file</p>")
    assert pull() == ["It burns.", "with its file", "later"]


def test_a_note_that_is_made_public(
    pull: Pull, old_ticket: Ticket, settings: Settings, sarah: User
) -> None:
    settings.FIN_BRIDGE_SHOW_PRIVATE_NOTES = False
    note = add(old_ticket, "note", staff=sarah, internal=True, age=MINUTES[30])
    add(old_ticket, "later", age=MINUTES[2])
    assert pull() == ["It burns.", "later"]
    note.internal = False
    note.save(update_fields=["internal"])
    assert pull() == ["It burns.", "note", "later"]


def test_messages_that_are_merged_in(pull: Pull, old_ticket: Ticket, customer: Customer) -> None:
    other = make_ticket(customer)
    add(other, "from the other", age=MINUTES[40])
    add(old_ticket, "later", age=MINUTES[2])
    pull()
    Reply.objects.filter(ticket=other).update(ticket=old_ticket)
    assert pull() == ["It burns.", "from the other", "later"]


def test_a_message_that_is_gone(pull: Pull, old_ticket: Ticket) -> None:
    first = add(old_ticket, "first", age=MINUTES[9])
    add(old_ticket, "second", age=MINUTES[8])
    pull()
    first.delete()
    assert pull() == ["It burns.", "second"]
    assert pull() == []


def test_after_a_message_of_fins_own(
    caller: Caller, pull: Pull, old_ticket: Ticket, sarah: User
) -> None:
    pull()
    written = caller.ask(
        "create_message",
        conversation_id=str(old_ticket.pk),
        author={"id": str(sarah.pk), "user_type": "agent"},
        object_id="m-1",
        body="<p>By Fin</p>",
    )
    assert pull(after_id=written["id"]) == []
    add(old_ticket, "late", age=timedelta(hours=4))
    assert pull(after_id=written["id"]) == ["It burns.", "late", "By Fin"]


def test_after_any_other_message_than_the_last_comes_everything(
    pull: Pull, old_ticket: Ticket
) -> None:
    first = add(old_ticket, "first", age=MINUTES[9])
    add(old_ticket, "second", age=MINUTES[8])
    pull()
    assert pull(after_id=str(first.pk)) == ["It burns.", "first", "second"]


def test_after_the_first_message_of_a_conversation_that_fin_began(
    caller: Caller, customer: Customer
) -> None:
    made = caller.opens(str(customer.pk))
    asked = {
        "conversation_id": made["conversation"]["id"],
        "after_id": made["message"]["id"],
    }
    assert caller.ask("get_messages", **asked) == []


def test_checkpoints_are_few() -> None:
    checkpoints: Any = []
    passage = Passage([], "")
    for number in range(MOST + 5):
        checkpoints = with_message(checkpoints, str(number))
        passage.is_known_up_to(str(number))
    assert len(checkpoints) == MOST
    assert checkpoints[-1:] == passage.checkpoints


def test_an_empty_pull_leaves_no_checkpoint(pull: Pull, old_ticket: Ticket) -> None:
    Ticket.objects.update(description="")
    assert pull() == []
    assert ConversationState.objects.get().checkpoints == []
