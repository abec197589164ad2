"""The suite that integrators subclass: it passes for the demo, and fails where it ought to."""

from __future__ import annotations

import unittest
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User

from fin_bridge import testing
from fin_bridge.helpdesk import current
from fin_bridge.testing import HelpdeskContract
from helpdesk_demo.models import Customer, Reply, Status, Ticket

numbers = count(1)


def results(case: type[HelpdeskContract], name: str) -> unittest.TestResult:
    """What unittest says of one test of a suite."""
    found = unittest.TestResult()
    unittest.TestSuite([case(name)]).run(found)
    return found


def shy() -> type[HelpdeskContract]:
    """Its agents' answers are private notes, and its conversations begin closed."""

    class Shy(TestDemo):
        def make_message(self, conversation: Ticket, agent: User, text: str) -> Reply:
            return Reply.objects.create(ticket=conversation, staff=agent, body=text, internal=True)

        def make_conversation(self, end_user: Customer) -> Ticket:
            ticket = super().make_conversation(end_user)
            archived = Status.objects.get(slug="archived")
            Ticket.objects.filter(pk=ticket.pk).update(status=archived)
            return ticket

    return Shy


class TestDemo(HelpdeskContract):
    @classmethod
    def setUpTestData(cls) -> None:
        for slug in ("new", "waiting", "solved", "archived"):
            Status.objects.get_or_create(slug=slug, defaults={"name": slug})

    def make_end_user(self) -> Customer:
        return Customer.objects.create(full_name="Grace Hopper")

    def make_agent(self) -> User:
        return User.objects.create_user(f"agent{next(numbers)}", is_staff=True)

    def make_conversation(self, end_user: Customer) -> Ticket:
        return Ticket.objects.create(
            subject="A bug", customer=end_user, status=Status.objects.get(slug="new")
        )

    def make_message(self, conversation: Ticket, agent: User, text: str) -> Reply:
        return Reply.objects.create(
            ticket=conversation, staff=agent, body=text.replace("&", "&amp;").replace("<", "&lt;")
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["test_fin_reads_an_agents_answer", "test_fin_reads_a_conversation"]
)
def test_a_helpdesk_that_breaks_the_contract_fails(name: str) -> None:
    found = results(shy(), name)
    assert (len(found.failures), found.errors) == (1, [])


@pytest.mark.django_db
def test_a_query_for_each_message_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def looks_up(*_: Any) -> bool:
        return Status.objects.filter(slug="new").exists()

    monkeypatch.setattr(type(current().messages[1]), "is_shown", looks_up)
    [(_, said)] = results(TestDemo, "test_many_messages_cost_no_more_queries").failures
    assert "Load it with the messages" in said
    assert "helpdesk_demo_status" in said


def test_there_is_nothing_else_in_the_kit() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        testing.Nothing  # noqa: B018  # looking it up is the test


@pytest.mark.django_db
def test_what_is_imported_to_be_subclassed_is_not_run() -> None:
    suite = unittest.TestLoader().loadTestsFromTestCase(HelpdeskContract)
    found = unittest.TestResult()
    suite.run(found)
    assert (found.testsRun, len(found.skipped), found.failures, found.errors) == (0, 1, [], [])
    assert HelpdeskContract.__test__ is False
    assert TestDemo.__test__ is True
