"""Delivers without a broker: one process that looks each second what is due."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import DatabaseError, InterfaceError, close_old_connections
from django.db.models import Max
from django.utils import timezone

from ...database import clock
from ...events import breaker
from ...events.drain import drain
from ...events.sweep import is_overdue, sweep
from ...models import Attempt, database
from ..tables import TablesCommand

logger = logging.getLogger("fin_bridge")

POLL: Final = 1.0
"""Seconds between two looks: no hint tells this process of a change."""

RECOVERY: Final = 5.0
"""Seconds until the next look after the database failed."""


class Command(TablesCommand):
    """Drain, sweep, wait; until it is told to stop."""

    help = (
        "Sends what is due to Fin, without Celery: for a helpdesk that has no broker, or while "
        "the broker is away. Several may run, beside workers too. SIGTERM and Ctrl-C end it once "
        "the POSTs under way are back."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """For cron there is `--once`."""
        parser.add_argument("--once", action="store_true", help="end when nothing is due any more")
        parser.add_argument("--json", action="store_true", help="say what was sent for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 when it was told to stop, or when nothing was left."""
        posts = Posts()
        with _stopped_by_signals() as stop:
            if options["once"]:
                _empty(stop)
                self._say(posts, options)
                return
            self.stderr.write("Delivering; Ctrl-C stops it.")
            while not stop.is_set():
                wait = _look()
                self._say(posts, options)
                stop.wait(wait)

    def _say(self, posts: Posts, options: dict[str, Any]) -> None:
        """A line, where there was something to send."""
        made = posts.since_last_time()
        if made and options["json"]:
            self.stdout.write(json.dumps({"at": posts.at.isoformat(), "posts": made}))
        elif made:
            counted = ", ".join(f"{count} {outcome}" for outcome, count in made.items())
            at = timezone.localtime(posts.at).strftime("%H:%M:%S")
            self.stdout.write(f"{at}  {counted}")


class Posts:
    """The POSTs of all processes since it was asked last; by how they ended."""

    def __init__(self) -> None:
        self.at = clock.now(database())
        self._last = Attempt.objects.aggregate(last=Max("pk"))["last"] or 0

    def since_last_time(self) -> dict[str, int]:
        """Nothing while the database is away."""
        try:
            self.at = clock.now(database())
            new = Attempt.objects.filter(pk__gt=self._last).order_by("pk")
            made = list(new.values_list("pk", "outcome"))
        except (DatabaseError, InterfaceError):
            return {}
        self._last = made[-1][0] if made else self._last
        return dict(Counter(outcome for _, outcome in made))


def _empty(stop: threading.Event) -> None:
    """Send all that is due; after an outage that takes one slot after the other."""
    wait = sweep()
    while wait is not None and wait <= breaker.longest_slot() and not stop.wait(wait):
        wait = drain()


def _look() -> float:
    """Send what is due; seconds until the next look. A database that fails may come back."""
    close_old_connections()
    try:
        wait = sweep() if is_overdue() else drain()
    except (DatabaseError, InterfaceError):
        logger.exception("The database failed; looking again in %s s.", RECOVERY)
        return RECOVERY
    return POLL if wait is None else min(wait, POLL)


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """Set by SIGINT and SIGTERM, whose handlers are put back in the end."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
