"""The outbox: one row for each change, in the transaction of the change."""

from __future__ import annotations

import pytest
from django.db import transaction

from fin_bridge.events import (
    outbox,
)
from fin_bridge.models import Event
from helpdesk_demo.models import Ticket
from tests.support.draining import settle_and_drain
from tests.support.receiver import Receiver
from tests.support.world import Clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_a_change_in_another_database_is_recorded_after_its_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "database", lambda: "elsewhere")
    with transaction.atomic():
        outbox.record("c", "changed", "default")
        assert not Event.objects.exists()
        monkeypatch.undo()
        monkeypatch.setattr(outbox, "database", lambda: "default")
    assert Event.objects.get().conversation_id == "c"


def test_a_rolled_back_save_is_no_post(ticket: Ticket, fin: Receiver, clock: Clock) -> None:
    with transaction.atomic():
        ticket.save()
        transaction.set_rollback(True)
    settle_and_drain(clock)
    assert fin.requests == []
