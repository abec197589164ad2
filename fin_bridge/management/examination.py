"""What `fin_doctor` looks at beside the tables: broker, workers, cache, clocks, and Fin itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.core.cache import caches

from .. import tasks
from ..checks.deployment import check_typing_cache
from ..conf import Integration, conf
from ..database import clock
from ..events import posting, retry
from ..models import FinCall, database
from ..operating.health import Finding, findings

logger = logging.getLogger("fin_bridge")

SKEW: Final = timedelta(seconds=5)
"""Between this machine's clock and the database's: more is nothing that NTP leaves."""

BUSY: Final = 5.0
"""Seconds for workers that have not answered at once: on a busy machine they are late."""

RECENTLY: Final = timedelta(hours=1)
_WITHOUT: Final = "deliver_events sends all but who is typing."
STALE: Final = "The signature's timestamp is no recent one."
"""What the log says of a request of Fin's whose clock, or ours, is more than 300 s wrong."""


def examine() -> Iterator[Finding]:
    """All but what sends something to Fin."""
    yield _clock()
    yield _fins_clock()
    yield from findings()
    yield from _broker()
    yield _cache()


def _clock() -> Finding:
    skew = clock.skew(database())
    said = f"This machine's and the database's differ by {abs(skew.total_seconds()):.1f} s."
    if abs(skew) <= SKEW:
        return Finding("clock", True, said)
    return Finding("clock", False, said, "Have both set by NTP: typing is dropped after 3 s.")


def _fins_clock() -> Finding:
    since = clock.now(database()) - RECENTLY
    refused = FinCall.objects.filter(at__gte=since, status=401, detail__startswith=STALE).count()
    if not refused:
        return Finding("Fin's clock", True, "No signature of the last hour was out of time.")
    said = f"{refused} requests of the last hour were signed more than 300 s off."
    return Finding("Fin's clock", False, said, "Have the database's machine set by NTP.")


def _broker() -> Iterator[Finding]:
    try:
        workers = tasks.consumed_queues() or tasks.consumed_queues(BUSY)
    except Exception as error:  # each broker's client has exceptions of its own
        logger.debug("The broker does not answer.", exc_info=True)
        said = f"It does not answer: {type(error).__name__}."
        remedy = f"Start it. Nothing is lost; {_WITHOUT}"
        yield Finding("broker", False, said, remedy)
        return
    yield Finding("broker", True, "It answers.")
    yield _workers(workers)


def _workers(workers: dict[str, set[str]]) -> Finding:
    if not workers:
        remedy = f"Start one: celery -A yourproject worker. Meanwhile {_WITHOUT}"
        return Finding("workers", False, "No worker answers.", remedy)
    consumed = set().union(*workers.values())
    if missing := sorted(tasks.queues() - consumed):
        said = f"No worker consumes {', '.join(missing)}."
        return Finding("workers", False, said, "Start one with --queues, or change the settings.")
    return Finding("workers", True, f"{len(workers)} answer, and consume what is needed.")


def _cache() -> Finding:
    """That of the typing interval."""
    key = f"fin_bridge.doctor.{uuid4().hex}"
    try:
        cache = caches[conf.typing_cache]
        cache.set(key, "there", 10)
        answers = cache.get(key) == "there"
        cache.delete(key)
    except Exception as error:  # and so has each cache's
        logger.debug("The cache does not answer.", exc_info=True)
        said = f"It does not answer: {type(error).__name__}. Typing is not shown."
        return Finding("cache", False, said, "Start it.")
    for warning in check_typing_cache():
        return Finding("cache", False, warning.msg, str(warning.hint))
    if not answers:
        return Finding("cache", False, "It forgets at once.", "Look at its memory.")
    return Finding("cache", True, "It answers, and is one for all processes.")


def tell(integration: Integration, conversation_id: str) -> Iterator[Finding]:
    """Send Fin a real event of a conversation, with each key: what does it answer?"""
    body = json.dumps({"conversation_id": conversation_id}).encode()
    timestamp = int(clock.now(database()).timestamp())
    for number, key in enumerate(integration.webhook_keys, 1):
        answer, _ = posting.post_with(key, integration, body, timestamp)
        is_well = retry.outcome(answer) is retry.Outcome.SENT
        said = f"Fin answered {answer.status}." if answer.status else f"No answer: {answer.error}."
        remedy = "" if is_well else _REMEDIES.get(answer.status or 0, "See the README.")
        yield Finding(f"event with key {number}", is_well, said, remedy)


_REMEDIES: Final = {
    0: "Look at the way out: DNS, proxy, firewall, certificates.",
    401: "Compare WEBHOOK_KEYS with Fin's deployment page; remove a key that is no longer valid.",
    404: "Compare ID and REGION; or Fin does not know this conversation.",
}
