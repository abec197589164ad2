"""Each mistake in a description is a sentence that names it."""

from __future__ import annotations

from typing import Any

import pytest

from fin_bridge import helpdesk as fin
from fin_bridge.checks.parts import problems
from fin_bridge.helpdesk import Helpdesk, current
from helpdesk_demo import fin as demo

pytestmark = pytest.mark.django_db


def test_the_demos_description_has_no_problems() -> None:
    assert [problem for part in current().parts for problem in problems(part)] == []


def test_each_mistake_is_a_sentence() -> None:
    class Wrong(fin.Conversations):
        model = "helpdesk_demo.Ticket"
        title, user = "subjekt", "customer.nam"
        created_at, updated_at = "created.date.year", "customer.full_name.x"
        assignee = "assignee.get_full_name.upper"
        tags = fin.Many("customer", "name")
        attributes = {"a": "status.colour"}

    desk = Helpdesk(demo.Customers, demo.Staff, Wrong, demo.Replies)
    assert sorted(problems(desk.conversations)) == [
        "Wrong.attributes: helpdesk_demo.Status has no 'colour' (in 'status.colour')",
        "Wrong.tags: 'customer' is no relation to many rows",
        "Wrong.title: helpdesk_demo.Ticket has no 'subjekt' (in 'subjekt')",
        "Wrong.user: helpdesk_demo.Customer has no 'nam' (in 'customer.nam')",
    ]


def test_a_choice_of_the_model_without_a_word_is_a_mistake() -> None:
    class Events(fin.Conversations):
        model = "fin_bridge.Event"
        status = fin.Choice("state", {"waiting": "open"})

    desk = Helpdesk(demo.Customers, demo.Staff, Events, demo.Replies)
    mistakes = list(problems(desk.conversations))
    assert len(mistakes) == 5
    assert "Events.status: 'state' may be 'sent' (sent): there is no word for it" in mistakes


def described(**words: Any) -> fin.Conversations:
    """The demo's conversations, with these words in place of theirs."""
    tickets = type("Tickets", (demo.Tickets,), words)
    desk = fin.Helpdesk(demo.Customers, demo.Staff, tickets, demo.Openings, demo.Replies)
    return desk.conversations


def told(**words: Any) -> list[str]:
    return list(problems(described(**words)))


def test_a_word_that_means_nothing_is_told() -> None:
    assert told(asignee="assignee") == ["Tickets.asignee means nothing; is it 'assignee'?"]
    assert told(get_titel=len) == ["Tickets.get_titel means nothing; is it 'get_title'?"]
    assert told(zzz=fin.Const(1), _own="x", LIMIT=3) == ["Tickets.zzz means nothing"]


def test_a_wrong_condition_is_told() -> None:
    assert told(where={"gone": False}) == [
        "Tickets.where: helpdesk_demo.Ticket has no 'gone' (in 'gone')"
    ]


def test_a_condition_that_cannot_be_held_against_one_row_is_told() -> None:
    advice = "override queryset(), and has() with it"
    hint = f"it may have one value or a list of them; else {advice}"
    assert told(where={"labels": None, "subject__in": ["x"]}) == [
        f"Tickets.where: 'labels' leads to many rows: {advice}",
        f"Tickets.where: 'subject__in' is no path: {hint}",
    ]
    assert told(where={"subject": ["x", "y"]}) == []


def test_what_is_listened_to_must_be_there() -> None:
    assert told(
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
    assert told(tags=fin.Many("labels", "nme")) == [
        "Tickets.tags: helpdesk_demo.Label has no 'nme' (of 'labels')"
    ]
    assert told(tags=fin.Many("lables", "name")) == [
        "Tickets.tags: helpdesk_demo.Ticket has no 'lables' (in 'lables')"
    ]


def test_files_must_have_their_columns() -> None:
    replies = type("Replies", (demo.Replies,), {"attachments": fin.Files("files", file="x")})
    desk = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, replies)
    assert list(problems(desk.messages[0])) == [
        "Replies.attachments: helpdesk_demo.ReplyFile has no 'x' (of its files)"
    ]
    itself = type("Replies", (demo.Replies,), {"attachments": fin.Files(file="body", name="y")})
    desk = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, itself)
    assert list(problems(desk.messages[0])) == [
        "Replies.attachments: helpdesk_demo.Reply has no 'y' (of its files)"
    ]


@pytest.mark.parametrize("hook", [{"1": "2"}, lambda self, obj: None, lambda self, a, b, c: None])
def test_a_hook_for_merging_that_cannot_be_called_is_a_mistake(hook: Any) -> None:
    assert told(merged_into=hook) == ["Tickets.merged_into must be a method (self, local_id, obj)"]


def test_a_hook_for_merging_may_name_its_arguments_as_it_likes() -> None:
    assert told(merged_into=lambda self, key, ticket: None) == []


MANY = "leads to many rows"


def test_a_path_to_many_rows_is_told() -> None:
    [problem] = told(title="labels.name")
    assert problem.startswith(f"Tickets.title: 'labels.name' {MANY}, of which none is meant")
    assert problem.endswith("or write a method get_<word>()")
    [problem] = told(attributes={"a": "replies"})
    assert problem.startswith(f"Tickets.attributes: 'replies' {MANY}")
    [problem] = told(watch={"helpdesk_demo.Customer": "tickets"})
    assert problem.startswith(f"Tickets.watch: 'tickets' {MANY}")
    replies = type("Replies", (demo.Replies,), {"author": fin.Author(agent="ticket.labels")})
    desk = fin.Helpdesk(demo.Customers, demo.Staff, demo.Tickets, replies)
    [problem] = problems(desk.messages[0])
    assert problem.startswith(f"Replies.author: 'ticket.labels' {MANY}")
