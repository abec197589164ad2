"""`manage.py fin_doctor`: examines the living system, and says what mends it."""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from django.core.cache import caches
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from ... import tasks
from ...checks.infrastructure import check_typing_cache
from ...conf import conf
from ...database import clock
from ...events import posting, retry
from ...exceptions import ConfigurationError
from ...integrations import Integration
from ...models import FinCall, database
from ...operating.health import Finding, findings

logger = logging.getLogger("fin_bridge")

SKEW: Final = timedelta(seconds=5)
"""A greater difference between the database's clock and ours means that one lacks NTP."""

BUSY: Final = 5.0
"""Workers get so many seconds more to answer: on a busy machine they are late."""

RECENTLY: Final = timedelta(hours=1)
_WITHOUT: Final = "manage.py deliver_events sends all but typing events."
STALE: Final = "The signature's timestamp is no recent one."
"""The log says so of a call from Fin if its clock or ours is more than 300 s wrong."""


class Command(BaseCommand):
    """Prints a line for each finding, or one JSON document; it changes nothing."""

    help = (
        "Looks at clocks, database, sweep, backlog, integrations, broker, workers and cache. "
        "Exit code 1 if something is not well."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add = parser.add_argument
        add("--json", action="store_true", help="write the findings as JSON")
        parser.add_argument(
            "--conversation", metavar="ID", help="send Fin a real event of this conversation"
        )
        parser.add_argument(
            "--integration", help="the integration to send it by; default: the first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = []
        for finding in _findings(options["conversation"], options["integration"]):
            found.append(finding)
            if not options["json"]:
                self._say(finding)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in found], indent=2))
        ill = [finding.name for finding in found if not finding.is_well]
        if ill:
            raise CommandError(f"Not well: {', '.join(ill)}.")

    def _say(self, finding: Finding) -> None:
        style = self.style.SUCCESS if finding.is_well else self.style.ERROR
        mark = "✓" if finding.is_well else "✗"
        self.stdout.write(style(f"{mark} {finding.name:22} {finding.said}"))
        if finding.remedy:
            self.stdout.write(f"  {'':22} {finding.remedy}")


def _findings(conversation: str | None, integration: str | None) -> Iterator[Finding]:
    try:
        yield from examine()
        if conversation is not None:
            name = integration or next(iter(conf.integrations), "")
            yield from send_event(conf.integration(name), conversation)
    except Error as error:
        said = f"It does not answer: {type(error).__name__}."
        yield Finding("database", False, said, "Start it; run the migrations.")
    except ConfigurationError as error:
        yield Finding("settings", False, str(error), "Run manage.py check.")


def examine() -> Iterator[Finding]:
    """Examine everything that can be seen without sending anything to Fin."""
    yield _clock()
    yield _fins_clock()
    yield from findings()
    yield from _broker()
    yield _cache()


def _clock() -> Finding:
    skew = clock.skew(database())
    said = f"It differs from the database's by {abs(skew.total_seconds()):.1f} s."
    if abs(skew) <= SKEW:
        return Finding("clock", True, said)
    return Finding("clock", False, said, "Have NTP set both: typing events are dropped after 3 s.")


def _fins_clock() -> Finding:
    since = clock.now(database()) - RECENTLY
    refused = FinCall.objects.filter(at__gte=since, status=401, detail__startswith=STALE).count()
    if not refused:
        return Finding("Fin's clock", True, "No signature of the last hour was out of time.")
    said = f"{refused} requests of the last hour were signed more than 300 s off."
    return Finding("Fin's clock", False, said, "Have NTP set the clock of the database's machine.")


def _broker() -> Iterator[Finding]:
    try:
        workers = tasks.consumed_queues() or tasks.consumed_queues(BUSY)
    except Exception as error:  # each broker's client has exceptions of its own
        logger.debug("The broker does not answer.", exc_info=True)
        said = f"It does not answer: {type(error).__name__}."
        remedy = f"Start it. Nothing is lost; until then {_WITHOUT}"
        yield Finding("broker", False, said, remedy)
        return
    yield Finding("broker", True, "It answers.")
    yield _workers(workers)


def _workers(workers: dict[str, set[str]]) -> Finding:
    if not workers:
        remedy = f"Start one: celery -A yourproject worker. Until then {_WITHOUT}"
        return Finding("workers", False, "No worker answers.", remedy)
    consumed = set().union(*workers.values())
    if missing := sorted(tasks.queues() - consumed):
        said = f"No worker consumes {', '.join(missing)}."
        return Finding(
            "workers",
            False,
            said,
            "Start one with --queues, or change FIN_BRIDGE_SYNC_QUEUE or FIN_BRIDGE_TYPING_QUEUE.",
        )
    return Finding("workers", True, f"{len(workers)} answer, and consume what is needed.")


def _cache() -> Finding:
    """Examine the cache of the typing interval."""
    key = f"fin_bridge.doctor.{uuid4().hex}"
    try:
        cache = caches[conf.typing_cache]
        cache.set(key, "there", 10)
        answers = cache.get(key) == "there"
        cache.delete(key)
    except Exception as error:  # each cache's client has exceptions of its own
        logger.debug("The cache does not answer.", exc_info=True)
        said = f"It does not answer: {type(error).__name__}. Typing is not shown."
        return Finding("cache", False, said, "Start it.")
    for warning in check_typing_cache():
        return Finding("cache", False, warning.msg, str(warning.hint))
    if not answers:
        return Finding("cache", False, "It forgets at once.", "Give it more memory.")
    return Finding("cache", True, "It answers, and all processes share it.")


def send_event(integration: Integration, conversation_id: str) -> Iterator[Finding]:
    """Send Fin a real event of a conversation with each key, and report its answers."""
    body = json.dumps({"conversation_id": conversation_id}).encode()
    timestamp = int(clock.now(database()).timestamp())
    for number, key in enumerate(integration.webhook_keys, 1):
        answer, _ = posting.post_with(key, integration, body, timestamp)
        is_well = retry.outcome(answer) is retry.Outcome.SENT
        remedy = "" if is_well else _REMEDIES.get(answer.status or 0, _OTHERWISE)
        yield Finding(f"event with key {number}", is_well, retry.explain(answer), remedy)


_OTHERWISE: Final = "Try again later; if Fin goes on refusing it, ask Intercom."
_REMEDIES: Final = {
    0: "Check DNS, proxy, firewall and certificates between here and Fin.",
    403: "Ask whoever runs the proxies and firewalls between here and Fin: Fin answers no 403.",
    401: "Compare WEBHOOK_KEYS with Fin's deployment page; remove a key that is no longer valid.",
    404: "Compare ID and REGION; perhaps Fin does not know this conversation.",
}
