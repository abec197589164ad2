"""The options by which a command line selects events: by id, state, conversation and time."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.management.base import CommandError
from django.db.models import QuerySet
from django.utils import timezone

from ..conf import conf
from ..database import clock
from ..models import Event, database

FILTERS: Final = {
    "id": "pk__in",
    "state": "state__in",
    "conversation": "conversation_id__in",
    "integration": "integration",
    "since": "created_at__gte",
    "until": "created_at__lt",
}
"""Maps each option to its lookup; options of different kinds narrow each other."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LENGTH = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)

Moment = Callable[[datetime], datetime]
"""A function from the present time to the moment that the command line names."""


def add_filters(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--id", type=_key, action="append", default=[], help="the id of an event; may be repeated")
    add(
        "--state",
        choices=Event.State.values,
        action="append",
        default=[],
        help="a state of events; may be repeated",
    )
    add(
        "--conversation",
        action="append",
        default=[],
        help="a conversation's id; may be repeated",
    )
    add("--integration", help="the name of one in FIN_BRIDGE_INTEGRATIONS")
    when = "a date, a date with a time, or how long ago (30m, 2h, 3d)"
    add("--since", type=_moment, help=f"events made then or later: {when}")
    add("--until", type=_moment, help=f"events made before: {when}")
    add("--all", action="store_true", help="all events, instead of any filter")


def chosen(options: dict[str, Any]) -> QuerySet[Event]:
    """Return the events that the parsed options choose.

    Raises `CommandError` with exit code 2 where the options contradict each other, choose nothing,
    or name an integration that the settings do not have.
    """
    filters = {name: options[name] for name in FILTERS if options[name]}
    if bool(filters) == options["all"]:
        what = (
            "--all cannot be narrowed." if filters else "Choose events by filters, or say --all."
        )
        raise CommandError(what, returncode=2)
    if options["integration"] and options["integration"] not in conf.integrations:
        known = ", ".join(conf.integrations)
        raise CommandError(f"The integrations are: {known}.", returncode=2)
    now = clock.now(database())
    return Event.objects.filter(
        **{FILTERS[name]: _value(value, now) for name, value in filters.items()}
    )


def _key(text: str) -> int:
    key = int(text)
    if not 0 < key < 2**63:
        raise ValueError(text)
    return key


def _value(value: Any | Moment, now: datetime) -> Any:
    return value(now) if callable(value) else value


def _moment(text: str) -> Moment:
    """Parse a date, a date with a time, or a time ago such as `2h`.

    The current time zone is meant where none is given; a date is its first moment. Raises
    argparse's error for anything else, which ends the command as wrong usage.
    """
    length = _LENGTH.fullmatch(text)
    if length is not None:
        ago = timedelta(**{_UNITS[length[2]]: int(length[1])})
        return lambda now: now - ago
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo is not None else timezone.make_aware(at)
    except (ValueError, OverflowError) as error:
        wanted = "a date, a date with a time, or a length such as 30m, 2h, 3d"
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}") from error
    return lambda now: at
