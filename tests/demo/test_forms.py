import pytest
from django.test import Client

from helpdesk_demo.models import Ticket

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"Accept": "application/json"}


def test_an_empty_reply_is_refused(agent: Client, ticket: Ticket) -> None:
    path = f"/tickets/{ticket.pk}/reply/"

    assert agent.post(path, {"text": "  "}, headers=BY_SCRIPT).status_code == 400
    answer = agent.post(path, {"text": "  "}, follow=True)

    assert b"Write something or add a file." in answer.content
    assert not ticket.replies.exists()


@pytest.mark.parametrize(
    ("field", "data", "code"),
    [
        ("status", {"status": "999"}, 400),
        ("assignee", {"assignee": "x"}, 400),
        ("subject", {"subject": "x" * 201}, 400),
        ("customer", {"customer": "1"}, 404),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    agent: Client, ticket: Ticket, field: str, data: dict[str, str], code: int
) -> None:
    answer = agent.post(f"/tickets/{ticket.pk}/{field}/", data, headers=BY_SCRIPT)

    assert answer.status_code == code
