"""A message at which the helpdesk's code fails is left out, and told of once it reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.events import reconcile
from fin_bridge.helpdesk import current
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.helpdesk.reading.unread import readable_again
from fin_bridge.models import Event, Kept
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Reply, Ticket
from tests.support.fin_caller import Caller
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def redact(self: Any, text: str) -> str:
    if "bad" in text:
        raise RuntimeError("No words.")
    return text


def is_shown(self: Any, obj: Any) -> bool:
    return True


by_columns = fin.Helpdesk(
    demo.Customers,
    demo.Staff,
    demo.Tickets,
    demo.Openings,
    type("Replies", (demo.Replies,), {"redact": redact}),
)
by_instances = fin.Helpdesk(
    demo.Customers,
    demo.Staff,
    demo.Tickets,
    demo.Openings,
    type("Replies", (demo.Replies,), {"redact": redact, "is_shown": is_shown}),
)


@pytest.fixture
def replies(ticket: Ticket) -> list[Reply]:
    """Three replies of an hour ago, of which the second is bad."""
    texts = ("good", "bad", "better")
    made = Reply.objects.bulk_create([Reply(ticket=ticket, body=f"<p>{t}</p>") for t in texts])
    for number, reply in enumerate(made):
        at = reply.created - timedelta(minutes=60 - number)
        Reply.objects.filter(pk=reply.pk).update(created=at)
    Ticket.objects.update(created=made[0].created - timedelta(hours=2))
    return made


def ids(messages: list[Any]) -> list[str]:
    return [message["id"] for message in messages][1:]


@pytest.mark.parametrize("description", ["by_columns", "by_instances"])
def test_one_message_that_fails_costs_itself_and_is_told_of_once_it_reads(
    caller: Caller,
    ticket: Ticket,
    replies: list[Reply],
    description: str,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"tests.helpdesk.reading.test_unread.{description}"
    name, keys = str(ticket.pk), [str(reply.pk) for reply in replies]
    for _ in range(2):
        assert ids(caller.ask("get_messages", conversation_id=name)) == [keys[0], keys[2]]
    assert f"Message {keys[1]} of Replies in conversation {name} cannot be read." in caplog.text
    assert "RuntimeError: No words." in caplog.text
    assert list(readable_again(current())) == []
    assert not Event.objects.exists()
    settings.FIN_BRIDGE_HELPDESK = "helpdesk_demo.fin.helpdesk"
    assert list(readable_again(current())) == [name]
    assert list(readable_again(current())) == []
    again = caller.ask("get_messages", conversation_id=name, last_message_id=keys[2])
    assert keys[1] in [message["id"] for message in again]


def test_one_that_is_gone_is_forgotten(
    ticket: Ticket, replies: list[Reply], settings: Settings
) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.helpdesk.reading.test_unread.by_columns"
    assert len(list(Timeline(current(), ticket))) == 3
    assert Kept.objects.get().values == {"conversation": str(ticket.pk)}
    replies[1].delete()
    assert list(readable_again(current())) == []
    assert not Kept.objects.exists()


def test_reconcile_tells_of_it(
    ticket: Ticket, replies: list[Reply], settings: Settings, stopped_clock: Clock
) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.helpdesk.reading.test_unread.by_columns"
    assert len(list(Timeline(current(), ticket))) == 3
    Reply.objects.update(body="<p>mended</p>")
    now = stopped_clock.now
    for told in (["a message can be read again"], []):
        reconcile.find_missing(now - timedelta(days=1), now - timedelta(days=1))
        assert list(Event.objects.values_list("cause", flat=True)) == told
        Event.objects.all().delete()
