"""Routing: each waiting event gets its integration."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.utils import OperationalError

from fin_bridge.events import (
    routing,
)
from fin_bridge.models import Event
from helpdesk_demo.models import Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_more_than_a_batch_is_routed(monkeypatch: pytest.MonkeyPatch, ticket: Ticket) -> None:
    monkeypatch.setattr(routing, "BATCH", 1)
    for _ in range(2):
        ticket.save()
    Event.objects.update(integration="")
    routing.route()
    assert set(Event.objects.values_list("integration", flat=True)) == {"default"}


def test_a_database_that_fails_is_no_fault_of_the_helpdesks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(routing, "_ask", fail)
    with pytest.raises(OperationalError):
        routing._owners({"c"})
