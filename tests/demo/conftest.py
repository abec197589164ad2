"""The helpdesk of the demo, filled, with an agent who has logged in."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from helpdesk_demo.models import Ticket
from helpdesk_demo.seed import seed


@pytest.fixture
def sarah() -> User:
    seed("demo")
    return User.objects.get(username="sarah")


@pytest.fixture
def agent(sarah: User) -> Client:
    client = Client()
    client.force_login(sarah)
    return client


@pytest.fixture
def ticket(sarah: User) -> Ticket:
    return Ticket.objects.get(subject="Import from a spreadsheet")
