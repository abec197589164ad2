"""Tells Fin again of what it may have missed."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import Count, QuerySet

from ...conf import conf
from ...database import clock
from ...events.reconcile import ACTIVE, find_missing
from ...models import Event, database
from ...operating import deliveries
from ..progress import Progress
from ..spans import Moment, moment
from ..tables import TablesCommand

INTERRUPTED: Final = 130
"""The exit code that shells give to what Ctrl-C has ended."""

_NARROWING: Final = {
    "id": "pk__in",
    "state": "state__in",
    "conversation": "conversation_id__in",
    "integration": "integration",
    "since": "created_at__gte",
    "until": "created_at__lt",
}


class Command(TablesCommand):
    """Parse, choose, call `operating.resending`, say how many."""

    help = (
        "Sends events to Fin again: one new event for each conversation of those chosen, linked "
        "to the old. Typing notices are never sent again. Filters of different kinds narrow each "
        "other; one given several times widens. Ctrl-C leaves what is done done."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The filters, and what to do with what they choose."""
        add = parser.add_argument
        add("--id", type=_key, action="append", default=[], help="an event; repeatable")
        add(
            "--state",
            choices=Event.State.values,
            action="append",
            default=[],
            help="events in this state; repeatable",
        )
        add("--conversation", action="append", default=[], help="its id; repeatable")
        add("--integration", help="the name of one in FIN_BRIDGE_INTEGRATIONS")
        when = "a date, a date with a time, or how long ago (30m, 2h, 3d)"
        add("--since", type=moment, help=f"made then or later: {when}")
        add("--until", type=moment, help=f"made before: {when}")
        add("--all", action="store_true", help="all events there are; instead of any filter")
        add(
            "--missing",
            action="store_true",
            help="instead, conversations that stand otherwise than Fin knows, and those made "
            "since --since (default: a week ago) of which there is no event at all",
        )
        add("--rate", type=_rate, help="let at most so many conversations a second become due")
        add("--dry-run", action="store_true", help="only say how many it would be")
        add("--progress", action="store_true", help="show progress on a pipe or in a file too")
        add("--json", action="store_true", help="say it for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0, also when there was nothing to do; 2 for wrong usage, 130 for Ctrl-C."""
        if options["missing"]:
            self._find_missing(options)
            return
        events = self._chosen(options)
        by_state = _by_state(events)
        if options["dry_run"]:
            self._say(options, deliveries.tally(events), by_state, "would be sent again")
            return
        done, interrupted = self._resend(events, sum(by_state.values()), options)
        self._say(options, done, by_state, "sent again", interrupted=interrupted)
        if interrupted:
            raise CommandError("Interrupted; what is done stays.", returncode=INTERRUPTED)

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
        """What reconcile does every five minutes, now; a dry run is rolled back."""
        others = set(_NARROWING) - {"since"} | {"all", "rate"}
        if any(options[name] for name in others):
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

    def _chosen(self, options: dict[str, Any]) -> QuerySet[Event]:
        filters = {name: options[name] for name in _NARROWING if options[name]}
        if bool(filters) == options["all"]:
            what = "--all cannot be narrowed." if filters else "Choose some, or say --all."
            raise CommandError(what, returncode=2)
        if options["integration"] and options["integration"] not in conf.integrations:
            known = ", ".join(conf.integrations)
            raise CommandError(f"The integrations are: {known}.", returncode=2)
        now = clock.now(database())
        return Event.objects.filter(
            **{_NARROWING[name]: _value(value, now) for name, value in filters.items()}
        )

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
            self.stdout.write("Nothing matches: nothing was sent again.")
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
    """How many syncs of each state were chosen, in the order of an event's life."""
    syncs = events.filter(kind=Event.Kind.SYNC).order_by().values("state")
    counts: dict[str, int] = dict(syncs.annotate(count=Count("pk")).values_list("state", "count"))
    return {state: counts[state] for state in Event.State.values if state in counts}


def _key(text: str) -> int:
    key = int(text)
    if not 0 < key < 2**63:
        raise ValueError(text)
    return key


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate < float("inf"):
        raise ValueError(text)
    return rate


def _value(value: Any | Moment, now: datetime) -> Any:
    return value(now) if callable(value) else value


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
