"""Each mistake in a description is a sentence that names it."""

from __future__ import annotations

from typing import Any

import pytest

from fin_bridge import helpdesk as fin
from fin_bridge.exceptions import ConfigurationError
from helpdesk_demo import fin as demo


def described(**words: Any) -> fin.Conversations:
    """The demo's conversations, with these words in place of theirs."""
    tickets = type("Tickets", (demo.Tickets,), words)
    desk = fin.Helpdesk(demo.Customers, demo.Staff, tickets, demo.Openings, demo.Replies)
    return desk.conversations


def problems(**words: Any) -> list[str]:
    return list(described(**words).problems())


def test_a_word_that_means_nothing_is_told() -> None:
    assert problems(asignee="assignee") == ["Tickets.asignee means nothing; is it 'assignee'?"]
    assert problems(get_titel=len) == ["Tickets.get_titel means nothing; is it 'get_title'?"]
    assert problems(zzz=fin.Const(1), _own="x", LIMIT=3) == ["Tickets.zzz means nothing"]


def test_a_wrong_condition_is_told() -> None:
    assert problems(where={"gone": False}) == [
        "Tickets.where: helpdesk_demo.Ticket has no 'gone' (in 'gone')"
    ]


def test_a_condition_that_cannot_be_held_against_one_row_is_told() -> None:
    advice = "override queryset(), and has() beside it"
    hint = f"it may have one value or a list of them; else {advice}"
    assert problems(where={"labels": None, "subject__in": ["x"]}) == [
        f"Tickets.where: 'labels' leads to many rows: {advice}",
        f"Tickets.where: 'subject__in' is no path: {hint}",
    ]
    assert problems(where={"subject": ["x", "y"]}) == []


def test_what_is_listened_to_must_be_there() -> None:
    assert problems(
        watch={"helpdesk_demo.Nothing": "ticket", "helpdesk_demo.Reply": "tiket", "Reply": "x"},
        signals={
            "helpdesk_demo.models.Ticket": "x",
            "helpdesk_demo.nowhere.merged": "x",
            "django.db.models.signals.pre_save": "instance.ticket",
        },
    ) == [
        "Tickets.watch: there is no model 'helpdesk_demo.Nothing'",
        "Tickets.watch: helpdesk_demo.Reply has no 'tiket' (in 'tiket')",
        "Tickets.watch: there is no model 'Reply'",
        "Tickets.signals: helpdesk_demo.models.Ticket is no signal",
        "Tickets.signals: No module named 'helpdesk_demo.nowhere'",
    ]


def test_rows_must_be_rows_that_have_the_attribute() -> None:
    assert problems(tags=fin.Many("labels", "nme")) == [
        "Tickets.tags: helpdesk_demo.Label has no 'nme' (of 'labels')"
    ]
    assert problems(tags=fin.Many("lables", "name")) == [
        "Tickets.tags: helpdesk_demo.Ticket has no 'lables' (in 'lables')"
    ]


def test_files_must_have_their_columns() -> None:
    replies = type("Replies", (demo.Replies,), {"attachments": fin.Files("files", file="x")})
    desk = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, replies)
    assert list(desk.messages[0].problems()) == [
        "Replies.attachments: helpdesk_demo.ReplyFile has no 'x' (of its files)"
    ]
    itself = type("Replies", (demo.Replies,), {"attachments": fin.Files(file="body", name="y")})
    desk = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, itself)
    assert list(desk.messages[0].problems()) == [
        "Replies.attachments: helpdesk_demo.Reply has no 'y' (of its files)"
    ]


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("helpdesk_demo.Tiket", "Tickets.model is 'helpdesk_demo.Tiket'"),
        ("Ticket", "Tickets.model is 'Ticket'"),
        (None, "Tickets names no model"),
    ],
)
def test_a_model_that_is_not_there_is_told_at_start(model: str | None, text: str) -> None:
    with pytest.raises(ConfigurationError, match=text):
        described(model=model)
