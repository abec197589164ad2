from collections.abc import Callable

import pytest
from django.test import Client

from helpdesk_demo.models import Reply, Ticket

pytestmark = pytest.mark.django_db


def listed(agent: Client, query: str) -> list[str]:
    return [ticket.subject for ticket in agent.get(f"/{query}").context["tickets"]]


@pytest.mark.parametrize(
    ("query", "is_listed"),
    [
        ("", lambda ticket: True),
        ("?show=nonsense", lambda ticket: True),
        (
            "?show=mine",
            lambda ticket: (
                ticket.assignee
                and ticket.assignee.username == "sarah"
                and not ticket.status.is_finished
            ),
        ),
        ("?show=unassigned", lambda ticket: not ticket.assignee),
        ("?show=solved", lambda ticket: ticket.status.slug == "solved"),
    ],
)
def test_the_inbox_lists_what_was_asked_for(
    agent: Client, query: str, is_listed: Callable[[Ticket], bool]
) -> None:
    wanted = {ticket.subject for ticket in Ticket.objects.all() if is_listed(ticket)}

    assert set(listed(agent, query)) == wanted != set()


def test_the_menu_counts_what_stands_behind_it(agent: Client) -> None:
    menu = agent.get("/").context["menu"]

    for entry in menu:
        assert entry.count == len(listed(agent, f"?show={entry.slug}"))


@pytest.mark.parametrize("words", ["spreadsheet", "zieliński 900", "import", "  900  rows "])
def test_searching(agent: Client, words: str) -> None:
    assert listed(agent, f"?q={words}") == ["Import from a spreadsheet"]


def test_searching_finds_replies_and_says_when_there_is_nothing(agent: Client) -> None:
    assert listed(agent, "?q=accountant Finance") == ["VAT number missing on our invoices"]
    assert "No ticket mentions “xyzzy”" in agent.get("/?q=xyzzy").content.decode()


def test_a_reply_moves_its_ticket_up(agent: Client) -> None:
    last = listed(agent, "")[-1]
    Reply.objects.create(ticket=Ticket.objects.get(subject=last), body="<p>Hello?</p>")

    assert listed(agent, "")[0] == last
