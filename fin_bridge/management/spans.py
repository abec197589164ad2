"""How a command line spells a moment: a date, a date with a time, or a time ago such as `2h`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LENGTH = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)

Moment = Callable[[datetime], datetime]
"""The moment, once it is known what time it is."""


def moment(text: str) -> Moment:
    """Without a time zone of its own the current one is meant; a date is its first moment.

    Raises argparse's error for anything else, which ends the command as wrong usage.
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
