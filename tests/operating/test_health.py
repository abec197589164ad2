"""The health view: what a monitor is told of the sweep, the backlog and each integration."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from fin_bridge.database import clock
from fin_bridge.events import sweep
from fin_bridge.models import Event, IntegrationState
from fin_bridge.operating import health
from helpdesk_demo.models import Ticket
from tests.support.receiver import Receiver
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def swept(fin: Receiver, stopped_clock: Clock) -> Clock:
    sweep.sweep()
    return stopped_clock


def asked() -> tuple[int, dict[str, Any]]:
    answer = health.health(RequestFactory().get("/health/fin/"))
    body = json.loads(answer.content)
    assert (body["status"] == "well") is (answer.status_code == 200)
    return answer.status_code, {finding["name"]: finding for finding in body["findings"]}


def test_all_is_well_after_a_sweep(swept: Clock) -> None:
    status, found = asked()
    assert status == 200
    assert {*found} == {"sweep", "backlog", "integration default"}
    assert all(finding["is_well"] and not finding["remedy"] for finding in found.values())


def test_a_sweep_that_is_long_ago_is_an_illness(swept: Clock) -> None:
    swept.advance(61)
    status, found = asked()
    assert (status, found["sweep"]["is_well"]) == (503, False)
    assert "fin_bridge.schedule.BEAT_SCHEDULE" in found["sweep"]["remedy"]


@pytest.mark.parametrize(("integration", "age"), [("default", 61), ("", 61)])
def test_an_event_that_waits_for_long_is_an_illness(
    ticket: Ticket, swept: Clock, integration: str, age: int
) -> None:
    ticket.save()
    Event.objects.update(integration=integration)
    swept.advance(age)
    IntegrationState.objects.update(swept_at=swept.now)
    status, found = asked()
    assert (status, found["backlog"]["is_well"]) == (503, False)
    assert found["integration default"]["is_well"]


def test_a_wrong_key_is_said_with_its_remedy(swept: Clock) -> None:
    IntegrationState.objects.update(
        blocked="unauthorized", blocked_at=swept.now - timedelta(seconds=5)
    )
    status, found = asked()
    assert status == 503
    assert "since 5 s ago" in found["integration default"]["said"]
    assert "WEBHOOK_KEYS" in found["integration default"]["remedy"]


def test_a_pause_is_no_illness(swept: Clock) -> None:
    IntegrationState.objects.update(paused_at=swept.now)
    assert asked()[0] == 200


def test_a_database_that_does_not_answer_is_said(
    swept: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(using: str) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(clock, "now", fail)
    status, found = asked()
    assert (status, {*found}) == (503, {"database"})


def test_it_takes_three_statements(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        list(health.findings())


def test_it_is_not_written_to() -> None:
    assert health.health(RequestFactory().post("/health/fin/")).status_code == 405
    assert Event.objects.count() == 0
