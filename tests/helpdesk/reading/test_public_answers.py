"""When people answered in public, in many conversations at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from fin_bridge.helpdesk import Helpdesk
from fin_bridge.helpdesk.reading.public_answers import public_answers
from helpdesk_demo.models import Customer, Reply, Ticket
from tests.support.world import make_ticket

pytestmark = pytest.mark.django_db


def test_notes_customers_machines_and_what_was_before_do_not_count(
    desk: Helpdesk, ticket: Ticket, sarah: User
) -> None:
    robot = User.objects.create_user("robot", is_staff=True)
    Reply.objects.create(ticket=ticket, body="note", staff=sarah, internal=True)
    Reply.objects.create(ticket=ticket, body="from the customer")
    Reply.objects.create(ticket=ticket, body="from Fin", staff=robot)
    Reply.objects.create(ticket=ticket, body="", staff=sarah)
    answer = Reply.objects.create(ticket=ticket, body="answer", staff=sarah)
    conversations = {str(ticket.pk): ticket}
    found = public_answers(desk, conversations, ticket.created, {str(robot.pk)})
    assert found == {str(ticket.pk): [answer.created]}
    later = answer.created + timedelta(seconds=1)
    assert public_answers(desk, conversations, later, {str(robot.pk)}) == {}


def test_the_number_of_statements_does_not_grow(
    desk: Helpdesk,
    customer: Customer,
    sarah: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    tickets = [make_ticket(customer) for _ in range(5)]
    for ticket in tickets:
        Reply.objects.create(ticket=ticket, body="answer", staff=sarah)
    conversations = desk.conversations.in_bulk(str(ticket.pk) for ticket in tickets)
    with django_assert_num_queries(2):  # the replies, and their files
        found = public_answers(desk, conversations, tickets[0].created, set())
    assert set(found) == set(conversations)
