"""`manage.py resend_events`: tells Fin again of what it may have missed."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import Count, QuerySet

from ...database import clock
from ...events.reconcile import ACTIVE, find_missing
from ...models import Event, database
from ...operating import deliveries
from ..base import TablesCommand
from ..event_selection import FILTERS, add_filters, chosen
from ..progress import Progress

INTERRUPTED: Final = 130
"""The exit code that shells give to a program that Ctrl-C has ended."""


class Command(TablesCommand):
    """Chooses events by options, sends their conversations again, and says how many."""

    help = (
        "Sends events to Fin again: one new event for each conversation of those chosen, linked "
        "to the old. Typing notices are never sent again. Filters of different kinds narrow each "
        "other; a filter given several times widens. Ctrl-C keeps what is already done."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add = parser.add_argument
        add_filters(parser)
        add(
            "--missing",
            action="store_true",
            help="instead of chosen events, send conversations of which Fin was shown something "
            "else, and those made since --since (default: a week ago) that have no event",
        )
        add("--rate", type=_rate, help="send at most so many conversations a second")
        add("--dry-run", action="store_true", help="only count what would be sent")
        add(
            "--progress",
            action="store_true",
            help="show progress even where standard error is no terminal",
        )
        add("--json", action="store_true", help="write the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["missing"]:
            self._find_missing(options)
            return
        events = chosen(options)
        by_state = _by_state(events)
        if options["dry_run"]:
            self._say(options, deliveries.tally(events), by_state, "would be sent again")
            return
        done, interrupted = self._resend(events, sum(by_state.values()), options)
        self._say(options, done, by_state, "sent again", interrupted=interrupted)
        if interrupted:
            raise CommandError("Interrupted; what is done stays done.", returncode=INTERRUPTED)

    def _resend(
        self, events: QuerySet[Event], total: int, options: dict[str, Any]
    ) -> tuple[deliveries.Tally, bool]:
        done = deliveries.Tally()
        try:
            with self._progress(total, options) as progress:
                for so_far in deliveries.resending(events, "resend_events", options["rate"]):
                    if progress is not None:
                        progress(so_far.events - done.events)
                    done = so_far
        except KeyboardInterrupt:
            return done, True
        return done, False

    def _find_missing(self, options: dict[str, Any]) -> None:
        """Do now what reconcile does every five minutes; a dry run is rolled back."""
        if any(options[name] for name in {*FILTERS, "all", "rate"} - {"since"}):
            raise CommandError("--missing goes with --since only.", returncode=2)
        now = clock.now(database())
        since = options["since"](now) if options["since"] else now - ACTIVE
        with transaction.atomic(using=database()):
            found = find_missing(since, now)
            transaction.set_rollback(options["dry_run"], using=database())
        what = "would be sent" if options["dry_run"] else "sent"
        if options["json"]:
            self.stdout.write(json.dumps({"missing": found, "dry_run": options["dry_run"]}))
        elif found:
            self.stdout.write(f"{found} {_plural('conversation', found)} {what}: Fin lacked it.")
        else:
            self.stdout.write("Fin lacks nothing.")

    def _progress(
        self, total: int, options: dict[str, Any]
    ) -> AbstractContextManager[Progress | None]:
        if not options["progress"] and not sys.stderr.isatty():
            return nullcontext()
        return Progress(total, sys.stderr)

    def _say(
        self,
        options: dict[str, Any],
        tally: deliveries.Tally,
        by_state: dict[str, int],
        what: str,
        *,
        interrupted: bool = False,
    ) -> None:
        if options["json"]:
            flags = {"dry_run": options["dry_run"], "interrupted": interrupted}
            report = {**dataclasses.asdict(tally), "chosen_by_state": by_state, **flags}
            self.stdout.write(json.dumps(report))
            return
        if not by_state:
            self.stdout.write("No event matches: nothing was sent again.")
            return
        for state, count in by_state.items():
            self.stdout.write(f"{state:10} {count:>10}")
        self.stdout.write(
            f"{tally.events} {_plural('event', tally.events)} of {tally.conversations} "
            f"{_plural('conversation', tally.conversations)}: {tally.conversations} {what}."
        )
        if options["rate"] and tally.conversations:
            last = timedelta(seconds=round(tally.conversations / options["rate"]))
            self.stdout.write(f"The last is due in {last}.")


def _by_state(events: QuerySet[Event]) -> dict[str, int]:
    """Count the chosen syncs by state, in the order of an event's life."""
    syncs = events.filter(kind=Event.Kind.SYNC).order_by().values("state")
    counts: dict[str, int] = dict(syncs.annotate(count=Count("pk")).values_list("state", "count"))
    return {state: counts[state] for state in Event.State.values if state in counts}


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate < float("inf"):
        raise ValueError(text)
    return rate


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
