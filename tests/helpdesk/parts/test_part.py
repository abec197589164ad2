"""What all parts have in common."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import ConfigurationError, NotFoundError
from fin_bridge.helpdesk import Helpdesk
from helpdesk_demo import fin as demo
from helpdesk_demo.models import (
    Ticket,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "local_id",
    ["abc", "", "007", " 1", "1 ", "+1", "1.0", "9" * 5000, "9" * 30, "\x00", "1\x00", "٣", "-1"],
)
def test_an_id_that_is_none_finds_nothing(desk: Helpdesk, ticket: Ticket, local_id: str) -> None:
    assert desk.conversations.find(local_id) is None
    with pytest.raises(NotFoundError):
        desk.conversations.get(local_id)
    assert desk.conversations.in_bulk([local_id, str(ticket.pk)]) == {str(ticket.pk): ticket}


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


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("helpdesk_demo.Tiket", "Tickets.model is 'helpdesk_demo.Tiket'"),
        ("Ticket", "Tickets.model is 'Ticket'"),
        (None, "Tickets names no model"),
    ],
)
def test_a_model_that_is_not_there_is_told_at_start(model: str | None, text: str) -> None:
    tickets = type("Tickets", (demo.Tickets,), {"model": model})
    desk = Helpdesk(demo.Customers, demo.Staff, tickets, demo.Openings, demo.Replies)
    with pytest.raises(ConfigurationError, match=text):
        assert desk.parts
