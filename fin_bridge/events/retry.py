"""Retries: what each of Fin's answers means, and when to try again. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

SCHEDULE: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        *(1, 5, 15, 60, 300, 900, 1800),
        *(3600, 2 * 3600, 4 * 3600, 8 * 3600, 12 * 3600, 24 * 3600, 24 * 3600),
    )
)
"""These are the waits after the first, second, ... failure; after the last it has failed."""

NOT_FOUND_SCHEDULE: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 4, 10, 15, 15, 15))
"""Fin may still be creating the conversation, so it is tried six times over an hour."""

REJECTED_SCHEDULE: Final = (timedelta(seconds=5),)
"""A body that Fin calls malformed is tried once more, in case it was a passing fault of Fin's."""

_OF_FIN: Final = frozenset({400, 401, 404, 408, 425, 429})
"""Fin itself gives only these answers of the class 4xx, by its contract and by HTTP's own rules.

Any other comes from something in front of Fin, such as a gateway or a firewall. It says nothing
of the conversation, so it is waited out like an outage.
"""

AFTER_PROBE: Final = timedelta(minutes=1)
"""A probe tells of Fin, not of its conversation: it uses up no try, and others go first then.

No longer than that: when one fails late, the next may have found Fin well already.
"""

JITTER: Final = 0.2
PAUSE: Final = timedelta(seconds=30)
PAUSE_RANGE: Final = (timedelta(seconds=1), timedelta(hours=1))


class Outcome(enum.StrEnum):
    """The results that a POST may have."""

    SENT = "sent"
    UNAVAILABLE = "unavailable"
    """There was no answer, or one that says that Fin is not well or out of reach."""
    THROTTLED = "throttled"
    """Fin asks the whole integration to wait."""
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not found"
    REJECTED = "rejected"
    LOST = "lost"
    """The process that had claimed it ended before it could write down a result."""


_SCHEDULES: Final = {
    Outcome.UNAVAILABLE: SCHEDULE,
    Outcome.NOT_FOUND: NOT_FOUND_SCHEDULE,
    Outcome.REJECTED: REJECTED_SCHEDULE,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a POST: a status and its headers, or in `error` why there is none."""

    status: int | None = None
    content_type: str = ""
    retry_after: str | None = None
    body: str = ""
    error: str = ""


def outcome(answer: Answer) -> Outcome:
    """Return what an answer means for its event and for the integration."""
    status = answer.status
    if status is None or answer.content_type.lower().startswith("text/html"):
        return Outcome.UNAVAILABLE  # a page is no answer of Fin's, but a proxy's or a portal's
    if 200 <= status < 300:
        return Outcome.SENT
    if status == 429 or (status == 503 and answer.retry_after is not None):
        return Outcome.THROTTLED
    if status == 401:
        return Outcome.UNAUTHORIZED
    if status == 404:
        return Outcome.NOT_FOUND
    return Outcome.REJECTED if status == 400 else Outcome.UNAVAILABLE


def explain(answer: Answer) -> str:
    """Say in a sentence what came back from a POST, and whether it can have been Fin's."""
    status = answer.status
    if status is None:
        return f"No answer: {answer.error}."
    if 400 <= status < 500 and status not in _OF_FIN:
        return f"Something in front of Fin answered {status}; Fin itself never does."
    return f"Fin answered {status}."


def wait(kind: Outcome, attempts: int, chance: float) -> timedelta | None:
    """Return the time until the next try after so many failed attempts; None if none is left.

    `chance`, from 0 to 1, spreads it by 20 % either way.
    """
    schedule = _SCHEDULES[kind]
    if attempts > len(schedule):
        return None
    return schedule[attempts - 1] * (1 + JITTER * (2 * chance - 1))


def pause(retry_after: str | None, now: datetime) -> timedelta:
    """Return the time that `Retry-After` asks to wait (RFC 9110, 10.2.3), in either form.

    30 s where it says nothing that can be read; never under a second nor over an hour.
    """
    shortest, longest = PAUSE_RANGE
    return max(shortest, min(longest, _named(retry_after or "", now)))


def _named(value: str, now: datetime) -> timedelta:
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return timedelta(seconds=min(int(value[:10]), 10**9))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return PAUSE
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
