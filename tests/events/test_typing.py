"""Typing notices: at most once, never late."""

import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from pytest_django import Settings

from fin_bridge.events import breaker, typing
from fin_bridge.models import Attempt, Event, IntegrationState
from tests.support.receiver import Receiver, status
from tests.support.world import Clock, use_fin

pytestmark = pytest.mark.django_db(transaction=True)

SARAH: dict[str, Any] = {
    "id": "7",
    "user_type": "agent",
    "name": "Sarah",
    "email": "sarah@example.com",
}


def send(clock: Clock, age: float = 0.1, integration: str = "default") -> bool:
    return typing.send(integration, "conv_1", SARAH, clock.now.timestamp() - age)


def test_a_notice_names_conversation_and_agent(fin: Receiver, stopped_clock: Clock) -> None:
    assert send(stopped_clock)
    [request] = fin.requests
    assert request.body == {
        "conversation_id": "conv_1",
        "event_type": "agent_typing",
        "data": {"agent": SARAH},
    }
    assert request.headers["X-Webhook-Key"] == "webhook-key"
    assert "X-Webhook-Signature" in request.headers
    event = Event.objects.get()
    assert (event.kind, event.state, event.cause) == ("typing", "sent", "Sarah is typing")
    assert "sarah@example.com" not in Attempt.objects.get().request_body


def test_a_late_one_is_dropped(fin: Receiver, stopped_clock: Clock) -> None:
    assert not send(stopped_clock, age=3.1)
    assert fin.requests == []
    assert not Event.objects.exists()


def test_a_failed_one_is_not_tried_again(fin: Receiver, stopped_clock: Clock) -> None:
    fin.replies.append(status(500))
    assert send(stopped_clock)
    event = Event.objects.get()
    assert (event.state, event.detail) == ("failed", "Not sent: 500.")
    assert len(fin.requests) == 1


def test_none_is_sent_to_a_fin_that_is_not_to_be_called(
    fin: Receiver, stopped_clock: Clock
) -> None:
    assert not send(stopped_clock, integration="former")
    breaker.read("default")
    IntegrationState.objects.update(paused_at=stopped_clock.now)
    assert not send(stopped_clock)
    IntegrationState.objects.update(paused_at=None, blocked="unavailable")
    assert not send(stopped_clock)
    assert fin.requests == []


def test_a_key_that_fin_does_not_take_yet_is_followed_by_the_next(
    fin: Receiver, stopped_clock: Clock, settings: Settings
) -> None:
    use_fin(settings, fin.url, WEBHOOK_KEYS=["new", "old"])
    fin.replies.append(status(401))
    assert send(stopped_clock)
    assert [one.headers["X-Webhook-Key"] for one in fin.requests] == ["new", "old"]
    assert Event.objects.get().state == "sent"


def test_without_a_key_it_is_a_failure_in_words(
    fin: Receiver, stopped_clock: Clock, settings: Settings
) -> None:
    use_fin(settings, fin.url, WEBHOOK_KEYS=[])
    assert send(stopped_clock)
    event = Event.objects.get()
    assert (event.state, event.detail) == ("failed", "Not sent: configuration.")
    assert fin.requests == []


def test_no_key_is_tried_when_it_would_be_late(
    fin: Receiver, stopped_clock: Clock, settings: Settings
) -> None:
    use_fin(settings, fin.url, WEBHOOK_KEYS=["new", "old"])
    is_over = threading.Event()

    def stall(handler: BaseHTTPRequestHandler) -> None:
        is_over.wait(10)
        status(401)(handler)

    fin.replies.append(stall)
    assert send(stopped_clock, age=2.7)
    is_over.set()
    assert Event.objects.get().detail == "Not sent: timeout."
    assert len(fin.requests) == 1
