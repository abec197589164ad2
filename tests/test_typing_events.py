"""Typing notices: at most once, never late."""

from typing import Any

import pytest

from fin_bridge.events import gate, typing
from fin_bridge.models import Attempt, Event, IntegrationState
from tests.receiver import Receiver, status
from tests.world import Clock

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
    gate.state_of("default")
    IntegrationState.objects.update(paused_at=stopped_clock.now)
    assert not send(stopped_clock)
    IntegrationState.objects.update(paused_at=None, blocked="unavailable")
    assert not send(stopped_clock)
    assert fin.requests == []
