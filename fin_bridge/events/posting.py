"""Posting an event: signed with one key after the other until Fin takes one."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ..conf import conf
from ..integrations import Integration
from ..signing import event_headers
from . import client, retry
from .retry import Answer

LEAST: Final = 0.1
"""Each POST gets so many seconds: a deadline of none would be an error."""

logger = logging.getLogger("fin_bridge")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A POST and its answer as the log keeps them, without the key."""

    started_at: datetime
    duration: int = 0  # in milliseconds
    outcome: str = retry.Outcome.SENT.value
    status: int | None = None
    url: str = ""
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: str = ""
    answer: str = ""


def post(
    integration: Integration, body: bytes, timestamp: int, latest: float, ends: float = math.inf
) -> tuple[Answer, dict[str, str]]:
    """Send an event, with the next key where one is refused; return the answer and our headers.

    No other key is tried after `latest`, and no try goes on after `ends`, by `time.monotonic`.
    """
    answer, headers = Answer(error="configuration"), dict[str, str]()
    for key in _keys(integration):
        answer, headers = post_with(key, integration, body, timestamp, ends)
        if answer.status != 401 or time.monotonic() > latest:
            break
    return answer, headers


def post_with(
    key: str, integration: Integration, body: bytes, timestamp: int, ends: float = math.inf
) -> tuple[Answer, dict[str, str]]:
    """Send an event with one key; return the answer and our headers."""
    headers = event_headers(key, timestamp, body)
    seconds = min(conf.deadline, max(LEAST, ends - time.monotonic()))
    limits = client.Limits(seconds, conf.trust_environment)
    return client.post(integration.events_url, body, headers, limits), headers


def _keys(integration: Integration) -> tuple[str, ...]:
    """Read the keys: none where a callable of the host's fails, since that is no wrong key."""
    try:
        return integration.webhook_keys
    except Exception:
        logger.exception("The webhook keys of %s cannot be read.", integration.name)
        return ()


def exchange(
    integration: Integration,
    answer: Answer,
    headers: Mapping[str, str],
    body: str,
    started_at: datetime,
    seconds: float,
) -> Exchange:
    """Describe a POST that took so many seconds for the log; no key is in it."""
    text = answer.body
    for key in _keys(integration):
        text = text.replace(key, "•••")
    return Exchange(
        started_at=started_at,
        duration=round(seconds * 1000),
        outcome=retry.outcome(answer).value if answer.status else (answer.error or "unavailable"),
        status=answer.status,
        url=integration.events_url[:500],
        request_headers={**headers, "X-Webhook-Key": "•••"},
        request_body=body,
        answer=text.replace("\x00", "")[:500],
    )
