"""`fin_doctor` and the health endpoint: the truth in each state in which something is wrong."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.core.cache import BaseCache
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import RequestFactory
from pytest_django import Settings

from fin_bridge import tasks
from fin_bridge.database import clock
from fin_bridge.events import breaker, drain, hints, sweep
from fin_bridge.management.commands import fin_doctor
from fin_bridge.management.commands.fin_doctor import STALE
from fin_bridge.models import FinCall, IntegrationState
from fin_bridge.operating.health import health
from helpdesk_demo.models import Customer, Ticket
from tests.support.celery_app import app, use_broker
from tests.support.receiver import Receiver, status
from tests.support.world import Clock, make_ticket, use_fin

pytestmark = pytest.mark.django_db(transaction=True)

SHARED_CACHE = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "doctors_cache",
    }
}


@pytest.fixture(autouse=True)
def shared_cache(settings: Settings) -> None:
    settings.CACHES = SHARED_CACHE
    call_command("createcachetable", verbosity=0)


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no worker, none is waited for."""
    monkeypatch.setattr(fin_doctor, "BUSY", 0.1)


@contextmanager
def working(*queues: str) -> Iterator[None]:
    """A worker in a thread; it may answer late, since much runs beside it."""
    app.control.purge()  # what tests before this one have left in the process's memory
    root = logging.getLogger()
    level = root.level
    with (
        pytest.MonkeyPatch.context() as patch,
        start_worker(app, perform_ping_check=False, queues=list(queues), shutdown_timeout=20),
    ):
        patch.setattr(fin_doctor, "BUSY", 6)
        try:
            yield
        finally:
            root.setLevel(level)  # the worker has set its own


def examined(*arguments: str) -> dict[str, Any]:
    """The findings by name; the exit code is right, or this fails."""
    said = io.StringIO()
    try:
        call_command("fin_doctor", "--json", *arguments, stdout=said)
        failed = False
    except CommandError:
        failed = True
    found = {finding["name"]: finding for finding in json.loads(said.getvalue())}
    assert failed is any(not finding["is_well"] for finding in found.values())
    return found


def asked() -> tuple[int, dict[str, Any]]:
    """What the health endpoint answers."""
    answer = health(RequestFactory().get("/health/fin/"))
    body = json.loads(answer.content)
    assert (body["status"] == "well") is (answer.status_code == 200)
    return answer.status_code, {finding["name"]: finding for finding in body["findings"]}


def is_ill(name: str, found: dict[str, Any]) -> bool:
    return not found[name]["is_well"]


def test_all_is_well(ticket: Ticket, fin: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    sweep.sweep()
    with working("celery"):
        call_command("fin_doctor", "--conversation", str(ticket.pk))
    assert "✗" not in capsys.readouterr().out
    assert fin.conversations == [str(ticket.pk)]
    assert asked()[0] == 200


def test_no_secret_is_told(ticket: Ticket, fin: Receiver) -> None:
    fin.otherwise = status(401, b"webhook-key")
    ticket.save()
    found = examined("--conversation", str(ticket.pk))
    assert "webhook-key" not in json.dumps([found, asked()])


def test_no_sweep(stopped_clock: Clock) -> None:
    assert is_ill("sweep", asked()[1])
    assert "none yet" in asked()[1]["sweep"]["said"]
    sweep.sweep()
    assert asked()[0] == 200
    stopped_clock.advance(61)
    assert asked()[0] == 503
    assert is_ill("sweep", examined())
    assert "61 s ago" in asked()[1]["sweep"]["said"]


def test_an_old_backlog(ticket: Ticket, stopped_clock: Clock) -> None:
    sweep.sweep()
    ticket.save()
    stopped_clock.advance(50)
    assert not is_ill("backlog", asked()[1])
    stopped_clock.advance(30)
    assert is_ill("backlog", asked()[1])
    assert is_ill("backlog", examined())


def test_what_waits_for_its_next_try_is_no_backlog(
    ticket: Ticket, fin: Receiver, stopped_clock: Clock
) -> None:
    fin.otherwise = status(400)
    ticket.save()
    stopped_clock.advance(600)
    drain.drain()
    assert not is_ill("backlog", asked()[1])


@pytest.mark.parametrize(
    ("code", "remedy"), [(503, "Nothing is lost"), (401, "WEBHOOK_KEYS"), (404, "REGION")]
)
def test_fin_cannot_be_told(
    customer: Customer, fin: Receiver, stopped_clock: Clock, code: int, remedy: str
) -> None:
    """The breaker is open, the key is wrong, or the integration's id is."""
    sweep.sweep()
    fin.otherwise = status(code)
    for _ in range(25):
        make_ticket(customer).save()
    stopped_clock.advance(1)
    drain.drain()
    assert asked()[0] == 503
    found = examined()["integration default"]
    assert not found["is_well"]
    assert remedy in found["remedy"]


def test_a_pause_is_said_and_is_no_failure(stopped_clock: Clock) -> None:
    sweep.sweep()
    IntegrationState.objects.update(paused_at=stopped_clock.now)
    assert asked()[0] == 200
    assert "paused" in asked()[1]["integration default"]["said"]
    IntegrationState.objects.update(
        paused_at=None, gate_until=stopped_clock.now + timedelta(seconds=9)
    )
    assert "asked to wait" in asked()[1]["integration default"]["said"]


def test_a_block_of_which_nobody_knows_since_when() -> None:
    breaker.read("default")
    IntegrationState.objects.update(blocked="unauthorized")
    assert is_ill("integration default", asked()[1])


def test_the_broker_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    use_broker(monkeypatch, "redis://127.0.0.1:9/0")
    found = examined()
    assert is_ill("broker", found)
    assert "workers" not in found


def test_a_busy_worker_that_answers_late() -> None:
    begun = threading.Event()

    @app.task(name="busy")
    def busy() -> None:
        begun.set()
        threading.Event().wait(1.5)  # the first question is given up after a second

    with working("celery"):
        busy.delay()
        assert begun.wait(20)
        found = examined()
    assert not is_ill("workers", found)


def test_no_worker() -> None:
    found = examined()
    assert not is_ill("broker", found)
    assert is_ill("workers", found)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:9/0", "memory://"])
def test_without_broker_or_worker_health_sees_what_is_left_lying(
    ticket: Ticket, stopped_clock: Clock, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """It asks the tables alone: a minute later they tell, unless `deliver_events` is there."""
    use_broker(monkeypatch, url)
    monkeypatch.setattr(hints, "waker", hints.Waker(tasks.hint))
    sweep.sweep()
    ticket.save()
    assert asked()[0] == 200
    stopped_clock.advance(70)
    status_code, found = asked()
    assert status_code == 503
    assert is_ill("sweep", found)
    assert is_ill("backlog", found)


def test_a_queue_that_nobody_consumes(settings: Settings) -> None:
    settings.FIN_BRIDGE_TYPING_QUEUE = "typing"
    with working("celery"):
        found = examined()
    assert found["workers"]["said"] == "No worker consumes typing."


def test_clocks_that_differ(stopped_clock: Clock) -> None:
    assert is_ill("clock", examined())  # the database's stands in another month


def test_a_fin_whose_signatures_are_out_of_time() -> None:
    FinCall.objects.create(
        at=clock.now("default"), operation="get_user", status=401, duration=1, detail=STALE
    )
    assert is_ill("Fin's clock", examined())


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ("locmem.LocMemCache", "is not shared"),
        ("dummy.DummyCache", "is not shared"),
        ("redis.RedisCache", "does not answer"),
    ],
)
def test_a_cache_that_is_not_shared_or_gone(settings: Settings, backend: str, said: str) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": f"django.core.cache.backends.{backend}",
            "LOCATION": "redis://127.0.0.1:9/0",
        }
    }
    found = examined()["cache"]
    assert not found["is_well"]
    assert said in found["said"]


class Forgetful(BaseCache):
    """As a server without memory."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None: ...

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return default

    def delete(self, key: Any, version: int | None = None) -> bool:
        return False


def test_a_cache_that_forgets(settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "tests.management.commands.test_fin_doctor.Forgetful",
            "LOCATION": "",
        }
    }
    assert examined()["cache"]["said"] == "It forgets at once."


@pytest.mark.parametrize(("code", "remedy"), [(401, "WEBHOOK_KEYS"), (500, "Intercom")])
def test_a_real_event_that_fin_refuses(
    ticket: Ticket, fin: Receiver, settings: Settings, code: int, remedy: str
) -> None:
    use_fin(settings, fin.url, WEBHOOK_KEYS=["new", "old"])
    fin.replies.append(status(code))
    found = examined("--conversation", str(ticket.pk), "--integration", "default")
    assert is_ill("event with key 1", found)
    assert remedy in found["event with key 1"]["remedy"]
    assert not is_ill("event with key 2", found)


def test_nobody_answers_a_real_event(ticket: Ticket) -> None:
    found = examined("--conversation", str(ticket.pk))["event with key 1"]
    assert found["said"] == "No answer: connection."
    assert "firewall" in found["remedy"]


def test_an_integration_that_there_is_none_of(ticket: Ticket) -> None:
    assert is_ill("settings", examined("--conversation", "1", "--integration", "none"))


def test_the_database_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(using: str) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(clock, "now", gone)
    assert is_ill("database", examined())
    assert asked()[0] == 503


def test_what_is_sent_at_a_rate_after_an_outage_is_no_old_backlog(
    ticket: Ticket, stopped_clock: Clock
) -> None:
    sweep.sweep()
    ticket.save()
    stopped_clock.advance(minutes=5)
    IntegrationState.objects.update(recovering=True, swept_at=stopped_clock.now)
    assert asked()[0] == 200
    IntegrationState.objects.update(recovering=False)
    assert is_ill("backlog", asked()[1])
