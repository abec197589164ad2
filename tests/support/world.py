"""The world around the bridge in tests: a Fin that listens, a clock that stands, hints kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from fin_bridge.database import clock
from fin_bridge.events import hints as hint_module
from helpdesk_demo.models import Customer, Status, Ticket
from tests.support.receiver import Receiver, receiving


@pytest.fixture
def fin(settings: Settings) -> Iterator[Receiver]:
    """A receiver that the settings name as Fin."""
    with receiving() as receiver:
        use_fin(settings, receiver.url)
        yield receiver


def use_fin(settings: Settings, url: str, **options: Any) -> None:
    """Have events sent there."""
    integration = settings.FIN_BRIDGE_INTEGRATIONS["default"]
    settings.FIN_BRIDGE_INTEGRATIONS = {"default": {**integration, "EVENTS_URL": url, **options}}


@pytest.fixture(autouse=True)
def hints(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The hints that would have gone to the broker: the seconds of each."""
    sent: list[float] = []
    ticks = itertools.count()  # a monotonic clock on which no hint is ever pending any more
    waker = hint_module.Waker(sent.append, clock=lambda: float(next(ticks) * 1000))
    monkeypatch.setattr(hint_module, "waker", waker)
    return sent


class Clock:
    """The database's clock, stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.set(datetime(2026, 11, 22, 12, tzinfo=UTC))

    @property
    def now(self) -> datetime:
        assert clock.frozen is not None
        return clock.frozen

    def set(self, moment: datetime) -> None:
        self._monkeypatch.setattr(clock, "frozen", moment)

    def advance(self, seconds: float = 0, **parts: float) -> None:
        self.set(self.now + timedelta(seconds=seconds, **parts))


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """It goes only when the test moves it."""
    return Clock(monkeypatch)


@pytest.fixture
def statuses(request: pytest.FixtureRequest) -> dict[str, Status]:
    """The demo's table of them."""
    request.getfixturevalue("transactional_db" if _is_transactional(request) else "db")
    slugs = ["new", "waiting", "solved", "archived"]
    return {
        slug: Status.objects.get_or_create(slug=slug, defaults={"name": slug, "order": order})[0]
        for order, slug in enumerate(slugs)
    }


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture
def customer(statuses: dict[str, Status]) -> Customer:
    """Ada."""
    return Customer.objects.create(full_name="Ada Lovelace", email="ada@example.com", plan="pro")


@pytest.fixture
def sarah(statuses: dict[str, Status]) -> User:
    """An agent."""
    return User.objects.create_user(
        "sarah", "sarah@example.com", "demo", first_name="Sarah", last_name="Lee", is_staff=True
    )


def make_ticket(customer: Customer, **values: Any) -> Ticket:
    """An open one, without an event of its own."""
    given = {
        "subject": "Printer",
        "description": "<p>It burns.</p>",
        "status": Status.objects.get(slug="waiting"),
        **values,
    }
    [ticket] = Ticket.objects.bulk_create([Ticket(customer=customer, **given)])
    return ticket


@pytest.fixture
def ticket(customer: Customer) -> Ticket:
    """One of Ada's."""
    return make_ticket(customer)
