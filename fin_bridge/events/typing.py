"""Typing notices, which unlike syncs are sent at most once, and never late."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ..conf import conf
from ..database import clock
from ..integrations import Integration
from ..models import Attempt, Event, database
from . import breaker, posting, retry

LATEST: Final = timedelta(seconds=3)
"""A notice that is older is dropped: it would come after the message it announces."""


def send(name: str, conversation_id: str, agent: Mapping[str, Any], typed_at: float) -> bool:
    """Tell Fin that an agent is typing, and return whether that was sent.

    It is not if it would come too late, or Fin is not to be called. `typed_at` is in seconds since
    the epoch. Nothing is written before the POST, nothing is tried again, and the log gets a row
    afterwards.
    """
    integration = conf.integrations.get(name)
    now = clock.now(database())
    typed = datetime.fromtimestamp(typed_at, UTC)
    if integration is None or now - typed > LATEST:
        return False
    if breaker.is_shut(breaker.read(name).state, now):
        return False
    ends = time.monotonic() + (LATEST - (now - typed)).total_seconds()
    _post(integration, conversation_id, agent, typed, now, ends)
    return True


def _post(
    integration: Integration,
    conversation_id: str,
    agent: Mapping[str, Any],
    typed: datetime,
    started: datetime,
    ends: float,
) -> None:
    notice = {
        "conversation_id": conversation_id,
        "event_type": "agent_typing",
        "data": {"agent": dict(agent)},
    }
    body = json.dumps(notice).encode()
    answer, headers = posting.post(integration, body, int(started.timestamp()), ends, ends)
    ended = clock.now(database())
    sent = retry.outcome(answer) is retry.Outcome.SENT
    event = Event.objects.create(
        integration=integration.name,
        conversation_id=conversation_id,
        kind=Event.Kind.TYPING,
        state=Event.State.SENT if sent else Event.State.FAILED,
        cause=f"{agent.get('name') or agent['id']} is typing"[:200],
        created_at=typed,
        due_at=typed,
        settled_at=ended,
        attempts=1,
        detail="" if sent else f"Not sent: {answer.status or answer.error}.",
    )
    # The cause names the agent; the log keeps no more of a person than it must.
    logged = json.dumps({**notice, "data": {"agent": {"id": agent["id"]}}})
    seconds = (ended - started).total_seconds()
    exchange = posting.exchange(integration, answer, headers, logged, started, seconds)
    Attempt.objects.create(
        event=event,
        integration=integration.name,
        conversation_id=conversation_id,
        **asdict(exchange),
    )
