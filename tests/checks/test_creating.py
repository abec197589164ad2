"""What Fin could not write is told before it tries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.db.models.signals import pre_save

from fin_bridge import helpdesk as fin
from fin_bridge.checks.creating import unfilled, unwritable
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Ticket


def _code(self: Any, *args: Any) -> Any:
    raise NotImplementedError


def conversations(**words: Any) -> fin.Conversations:
    """Return the demo's tickets with these words in place of theirs."""
    tickets = type("Tickets", (demo.Tickets,), words)
    desk = fin.Helpdesk(demo.Customers, demo.Staff, tickets, demo.Openings, demo.Replies)
    return desk.conversations


def test_the_demo_can_be_written() -> None:
    desk = demo.helpdesk
    assert [*unwritable(desk.conversations)] == []
    assert [problem for part in desk.parts for problem in unfilled(part)] == []


def test_a_status_that_is_always_one_is_told() -> None:
    [problem] = unwritable(conversations(status=fin.Const("open")))
    assert problem.startswith("Tickets.status is always 'open', so Fin could end no conversation")
    assert [*unwritable(conversations(status=fin.Const("open"), set_status=_code))] == []


@pytest.mark.parametrize("assignee", ["customer", fin.Latest("replies", "ticket")])
def test_an_assignee_that_is_never_nobody_is_told(assignee: Any) -> None:
    [problem] = unwritable(conversations(assignee=assignee))
    assert problem.startswith("Tickets.assignee: helpdesk_demo.")
    assert "takes no null" in problem
    assert "handover(self, obj, context)" in problem
    for method in ("handover", "set_assignee"):
        assert [*unwritable(conversations(assignee=assignee, **{method: _code}))] == []


@pytest.mark.parametrize(
    "assignee",
    [
        None,
        "get_assignee",
        fin.Latest("replies", "staff"),
        fin.Latest("nothing", "staff"),
        fin.Latest("replies", "get_staff"),
    ],
)
def test_another_assignee_is_well(assignee: Any) -> None:
    assert [*unwritable(conversations(assignee=assignee))] == []


def test_a_column_that_nothing_fills_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    part = conversations(user=None, get_user=_code)
    [problem] = unfilled(part)
    assert problem.startswith(
        "Tickets: a new row needs a value for helpdesk_demo.Ticket.customer, and none of the words"
        " user, status, title, assignee, tags, attributes stands there"
    )
    assert "write new(self, context)" in problem
    for method in ("new", "save", "create", "set_title"):
        assert [*unfilled(conversations(user=None, get_user=_code, **{method: _code}))] == []
    monkeypatch.setattr(Ticket, "save", _code)
    assert [*unfilled(part)] == []
    monkeypatch.undo()
    monkeypatch.setattr(pre_save, "has_listeners", lambda sender: True)
    assert [*unfilled(part)] == []


def test_a_moment_that_nobody_sets_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    created = Ticket._meta.get_field("created")
    monkeypatch.setattr(created, "auto_now_add", False)
    [problem] = unfilled(conversations())
    assert "helpdesk_demo.Ticket.created" in problem
    monkeypatch.setattr(created, "db_default", models.functions.Now(), raising=False)
    assert [*unfilled(conversations())] == []


def test_an_empty_text_may_stand_in_one_row_only(monkeypatch: pytest.MonkeyPatch) -> None:
    description = Ticket._meta.get_field("description")
    without = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Replies)
    assert [*unfilled(without.conversations)] == []
    monkeypatch.setattr(description, "unique", True)
    [problem] = unfilled(without.conversations)
    assert "helpdesk_demo.Ticket.description" in problem
    assert [*unfilled(conversations())] == []  # whose openings stand there
