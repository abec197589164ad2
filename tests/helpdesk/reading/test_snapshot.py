"""What Fin was shown, to be compared later."""

from __future__ import annotations

import pytest

from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.reading.snapshot import extent, snapshot
from helpdesk_demo.models import Reply, Ticket

pytestmark = pytest.mark.django_db


def test_a_snapshot_changes_with_what_fin_may_change(desk: Helpdesk, ticket: Ticket) -> None:
    before = snapshot(desk.conversations.record(ticket))
    assert (before["title"], before["status"], before["assignee_id"]) == ("Printer", "open", None)
    assert before["user"]["name"] == "Ada Lovelace"
    ticket.subject = "Fire"
    assert snapshot(desk.conversations.record(ticket)) == {**before, "title": "Fire"}


def test_the_extent_is_the_number_of_messages_and_the_last_ones_time(
    desk: Helpdesk, ticket: Ticket
) -> None:
    assert extent(desk, ticket) == {"": {"count": 0, "last": None}}
    Reply.objects.create(ticket=ticket, body="x")
    last = Reply.objects.create(ticket=ticket, body="y")
    found = extent(desk, ticket)[""]
    assert found["count"] == 2
    assert found["last"].startswith(last.created.strftime("%Y-%m-%dT%H:%M:%S"))
    Reply.objects.filter(pk=last.pk).update(body="z")
    assert extent(desk, ticket)[""] == found
