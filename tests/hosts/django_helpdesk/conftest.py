"""People of a company with django-helpdesk, and Fin beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from helpdesk.models import Queue, Ticket
from pytest_django import Settings

from fin_bridge.database import clock
from fin_bridge.events import drain
from fin_bridge.testing.in_process import ask
from tests.support.receiver import Receiver, receiving

ADA = "ada@example.com"


def pytest_configure(config: pytest.Config) -> None:
    """Of what it is made of, not every warning is ours to mend."""
    ignored = (
        "ignore:'count' is passed as positional argument:DeprecationWarning:email_reply_parser"
    )
    config.addinivalue_line("filterwarnings", ignored)


@pytest.fixture
def queue(db: None) -> Queue:
    return Queue.objects.create(
        title="Web", slug="web", allow_public_submission=True, email_address="web@example.com"
    )


@pytest.fixture
def mails(db: None) -> None:
    """Its own templates: without them it sends nothing."""
    call_command("loaddata", "emailtemplate.json", verbosity=0)


def make_staff(name: str, **values: Any) -> User:
    return User.objects.create_user(
        name, f"{name}@example.com", is_staff=True, first_name=name.title(), **values
    )


@pytest.fixture
def sarah(db: None) -> User:
    return make_staff("sarah", is_superuser=True)


@pytest.fixture
def robot(db: None, settings: Settings) -> User:
    """Fin's own account."""
    user = make_staff("fin")
    integration = settings.FIN_BRIDGE_INTEGRATIONS["default"]
    settings.FIN_BRIDGE_INTEGRATIONS = {"default": {**integration, "AGENT_ID": str(user.pk)}}
    return user


@pytest.fixture
def ticket(queue: Queue, robot: User) -> Ticket:
    """One of Ada's that Fin has been given, without an event of its own."""
    return make_ticket(queue, robot)


def make_ticket(queue: Queue, assigned_to: User | None, **values: Any) -> Ticket:
    given = {
        "title": "Printer",
        "description": "It burns.",
        "submitter_email": ADA,
        "created": datetime.now(UTC) - timedelta(minutes=5),
        "modified": datetime.now(UTC) - timedelta(minutes=5),
        **values,
    }
    [ticket] = Ticket.objects.bulk_create([Ticket(queue=queue, assigned_to=assigned_to, **given)])
    Ticket.objects.filter(pk=ticket.pk).update(created=given["created"])
    ticket.refresh_from_db()
    return ticket


@pytest.fixture
def page(sarah: User) -> Client:
    """Sarah's browser."""
    client = Client()
    client.force_login(sarah)
    return client


class Fin:
    """Hears of changes, and pulls, at a clock that stands until something is awaited."""

    def __init__(self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
        self._receiver, self._monkeypatch = receiver, monkeypatch
        self._stop_at(datetime.now(UTC) + timedelta(minutes=1))

    def _stop_at(self, moment: datetime) -> None:
        self._monkeypatch.setattr(clock, "frozen", moment)

    def posts(self) -> list[str]:
        """Of which conversations Fin hears now, once for each POST."""
        assert clock.frozen is not None
        self._stop_at(clock.frozen + timedelta(seconds=2))
        drain.drain()
        told = self._receiver.conversations
        self._receiver.requests.clear()
        return sorted(told)

    def messages(self, ticket: Ticket) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = ask("get_messages", conversation_id=str(ticket.pk))
        return found

    def conversation(self, ticket: Ticket) -> dict[str, Any]:
        shown: dict[str, Any] = ask("get_conversation", conversation_id=str(ticket.pk))
        return shown


@pytest.fixture
def fin(robot: User, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fin]:
    with receiving() as receiver:
        integration = settings.FIN_BRIDGE_INTEGRATIONS["default"]
        settings.FIN_BRIDGE_INTEGRATIONS = {"default": {**integration, "EVENTS_URL": receiver.url}}
        yield Fin(receiver, monkeypatch)
