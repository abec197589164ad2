"""Routing: each waiting event gets its integration."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.utils import OperationalError
from pytest_django import Settings

from fin_bridge.events import (
    routing,
)
from fin_bridge.helpdesk import Part, current
from fin_bridge.models import Event
from helpdesk_demo.models import Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def asked(part: Any) -> Any:
    """Return what the part would return without a host's override."""
    return Part.queryset(part)


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


def test_whose_it_is_is_known_where_there_is_nothing_to_find_out(ticket: Ticket) -> None:
    ticket.save()
    assert Event.objects.get().integration == "default"


@pytest.mark.parametrize(
    ("name", "value"),
    [("queryset", asked), ("where", {"subject": "Fin's"}), ("scope", "known")],
)
def test_else_it_is_found_out_later(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch, name: str, value: Any
) -> None:
    monkeypatch.setattr(type(current().conversations), name, value)
    ticket.save()
    assert Event.objects.get().integration == ""


def test_with_two_integrations_too(ticket: Ticket, settings: Settings) -> None:
    one = settings.FIN_BRIDGE_INTEGRATIONS["default"]
    settings.FIN_BRIDGE_INTEGRATIONS = {"default": one, "second": one}
    ticket.save()
    assert Event.objects.get().integration == ""
