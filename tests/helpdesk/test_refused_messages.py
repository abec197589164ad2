"""Words of a customer that the helpdesk has refused are offered to it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from fin_bridge.database import clock
from fin_bridge.helpdesk import current
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.helpdesk.refused_messages import resubmit
from fin_bridge.helpdesk.writing.kept_messages import WAITS, refused
from fin_bridge.models import Event, KeptMessage
from fin_bridge.records import AuthorReference, NewMessage
from helpdesk_demo.models import Reply, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(ticket: Ticket) -> str:
    author = AuthorReference(str(ticket.customer_id), "end_user")
    return refused("default", str(ticket.pk), NewMessage("m1", author, "<p>Help</p>"), "no")


def test_it_keeps_the_id_that_fin_knows(ticket: Ticket, kept: str) -> None:
    Event.objects.all().delete()
    now = clock.now("default")
    resubmit(now)
    assert not Reply.objects.exists()
    resubmit(now + WAITS[0] + timedelta(seconds=5))
    assert Reply.objects.get().body == "<p>Help</p>"
    assert [shown.message.id for shown in Timeline(current(), ticket)][1:] == [kept]
    assert not Event.objects.exists()


def test_what_is_refused_again_waits_longer(
    ticket: Ticket, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Reply, *args: Any, **kwargs: Any) -> None:
        raise ValidationError("still no")

    monkeypatch.setattr(Reply, "save", refuse)
    now = clock.now("default") + timedelta(days=1)
    resubmit(now)
    row = KeptMessage.objects.get(message_id=kept)
    assert (row.tries, row.due_at, row.detail) == (1, now + WAITS[1], "still no")
    for _ in range(len(WAITS)):
        KeptMessage.objects.update(due_at=now)
        resubmit(now)
    assert KeptMessage.objects.get().due_at == now + WAITS[-1]
