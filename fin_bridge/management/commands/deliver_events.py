"""`manage.py deliver_events`: delivers without a broker, looking each second for due events."""

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
from ..base import TablesCommand

logger = logging.getLogger("fin_bridge")

POLL: Final = 1.0
"""Due events are looked for every so many seconds: no hint tells this process of them."""

RECOVERY: Final = 5.0
"""After the database failed, the next look is so many seconds later."""


class Command(TablesCommand):
    """Sends due events until it is told to stop."""

    help = (
        "Sends what is due to Fin, without Celery: for a helpdesk that has no broker, or while "
        "the broker is away. Several may run at once, along with workers. SIGTERM and Ctrl-C end "
        "it once the POSTs under way are back."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="end when nothing is due, for cron"
        )
        parser.add_argument("--json", action="store_true", help="write counts as JSON lines")

    def handle(self, *args: Any, **options: Any) -> None:
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
        made = posts.since_last_time()
        if made and options["json"]:
            self.stdout.write(json.dumps({"at": posts.at.isoformat(), "posts": made}))
        elif made:
            counted = ", ".join(f"{count} {outcome}" for outcome, count in made.items())
            at = timezone.localtime(posts.at).strftime("%H:%M:%S")
            self.stdout.write(f"{at}  {counted}")


class Posts:
    """Counts the POSTs of all processes since it was asked last, by how they ended."""

    def __init__(self) -> None:
        self.at = clock.now(database())
        self._last = Attempt.objects.aggregate(last=Max("pk"))["last"] or 0

    def since_last_time(self) -> dict[str, int]:
        """Return the counts by outcome; none while the database is away."""
        try:
            self.at = clock.now(database())
            new = Attempt.objects.filter(pk__gt=self._last).order_by("pk")
            made = list(new.values_list("pk", "outcome"))
        except (DatabaseError, InterfaceError):
            return {}
        self._last = made[-1][0] if made else self._last
        return dict(Counter(outcome for _, outcome in made))


def _empty(stop: threading.Event) -> None:
    """Send all that is due; after an outage that takes one sending slot after the other."""
    wait = sweep()
    while wait is not None and wait <= breaker.longest_slot() and not stop.wait(wait):
        wait = drain()


def _look() -> float:
    """Send what is due, and return the seconds until the next look."""
    close_old_connections()
    try:
        wait = sweep() if is_overdue() else drain()
    except (DatabaseError, InterfaceError):
        logger.exception("The database failed; looking again in %s s.", RECOVERY)
        return RECOVERY
    return POLL if wait is None else min(wait, POLL)


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """Yield an event that SIGINT and SIGTERM set; their handlers are restored."""
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
