"""An event on its way: signed with one key after the other until Fin takes one, and its row."""

from __future__ import annotations

import logging
import math
import time
from typing import Final

from ..conf import Integration, conf
from ..models import Attempt
from . import client, retry
from .headers import signature_headers
from .retry import Answer

LEAST: Final = 0.1
"""Seconds that each POST gets: none at all would be an error of its own."""

logger = logging.getLogger("fin_bridge")


def post(
    integration: Integration, body: bytes, timestamp: int, latest: float, ends: float = math.inf
) -> tuple[Answer, dict[str, str]]:
    """What Fin says, and the headers that it was sent; with the next key where one is refused.

    No other key is tried after `latest`, and none goes on after `ends`, by `time.monotonic`.
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
    """The same with one key."""
    headers = dict(signature_headers(key, timestamp, body))
    seconds = min(conf.deadline, max(LEAST, ends - time.monotonic()))
    limits = client.Limits(seconds, conf.trust_environment)
    return client.post(integration.events_url, body, headers, limits), headers


def _keys(integration: Integration) -> tuple[str, ...]:
    """Those of the settings; none where a callable of the host's fails, which is no wrong key."""
    try:
        return integration.webhook_keys
    except Exception:
        logger.exception("The webhook keys of %s cannot be read.", integration.name)
        return ()


def attempted(
    integration: Integration,
    event_id: int,
    conversation_id: str,
    answer: Answer,
    headers: dict[str, str],
    body: str,
) -> Attempt:
    """The row of a POST, without the key; neither saved nor timed yet."""
    said = answer.body
    for key in _keys(integration):
        said = said.replace(key, "•••")
    return Attempt(
        event_id=event_id,
        integration=integration.name,
        conversation_id=conversation_id,
        outcome=retry.outcome(answer).value if answer.status else (answer.error or "unavailable"),
        status=answer.status,
        url=integration.events_url[:500],
        request_headers={**headers, "X-Webhook-Key": "•••"},
        request_body=body,
        answer=said.replace("\x00", "")[:500],
    )
