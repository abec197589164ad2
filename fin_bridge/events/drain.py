"""The drain: claim, POST, settle, for as many conversations as are due, in one process.

Threads do nothing but HTTP; all statements are this thread's, in no transaction around a POST.
Delivery knows nothing of Celery: `deliver_events` runs it too.
"""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from ..conf import Integration, conf
from ..database import sql
from ..database.clock import from_microseconds
from . import breaker, posting, retry
from .claims import Claim, claim, release
from .durable import insist
from .in_flight import Flights
from .retry import Answer, Outcome
from .routing import certain, route
from .settling import Report, failures, settle

BUDGET: Final = 2.0
"""Seconds after which a drain claims no more, so that typing gets its turn in the queue."""

LEAST: Final = 0.5
"""Seconds of a budget that one integration's slow Fin has eaten, shared by those that are left."""

AHEAD: Final = 100
FORESIGHT: Final = 0.3
"""Claimed beyond those under way: so many at most, and what is sent in so many seconds.

So no thread waits for the database between two POSTs, and a statement serves many of them. What a
Fin that takes its time keeps waiting is left to other drains.
"""

LOOK_AGAIN: Final = 1.0
"""Seconds after which a drain whose POSTs are all slow looks for more, and at its budget."""

LONGEST_SLEEP: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Posted:
    """A POST that was made: when it started and how long it took, by this process's clock."""

    claim: Claim
    answer: Answer
    headers: dict[str, str]
    body: str
    started: float
    took: float


Flying = Flights[Claim, _Posted | None]
Landed = list[tuple[Claim, _Posted | None]]

_ALARMING: Final = {Outcome.THROTTLED, Outcome.UNAUTHORIZED, Outcome.UNAVAILABLE}
"""What may shut the gate: until that is known, nothing that has not left yet may leave."""


def drain(budget: float = BUDGET) -> float | None:
    """Send what is due; seconds until there is something to do again, None if nothing waits.

    What an integration does not use of its share of the budget, those after it may.
    """
    ends = time.monotonic() + budget
    if not certain():
        route()
    left, looks = len(conf.integrations), []
    for integration in conf.integrations.values():
        now = time.monotonic()
        share = max((ends - now) / left, LEAST / left)
        looks.append(_drain(integration, now + share))
        left -= 1
    return min((look for look in looks if look is not None), default=None)


def _drain(integration: Integration, ends: float) -> float | None:
    flights, landed = Flying(_is_sent), Landed()
    look = breaker.look(integration.name)
    try:
        _launch(integration, look, flights, ends)
        while flights:
            landed += flights.land(timeout=LOOK_AGAIN)
            alarmed = _call_back_at_alarm(flights, landed)
            keeps_on = flights.has_backlog and not alarmed
            if keeps_on:  # the threads would have sent it all before the answers are written down
                _launch(integration, look, flights, ends)
            look = _write_down(integration, landed)
            _heed(look, flights, alarmed)
            if not keeps_on:
                _launch(integration, look, flights, ends)
    finally:
        # Where the database has failed meanwhile, answers are still on their way.
        flights.call_back()
        while flights:
            landed += flights.land()
        if landed:
            _write_down(integration, landed)
    return _next_look(integration, look)


def _launch(integration: Integration, look: breaker.Look, flights: Flying, ends: float) -> None:
    """Claim some and have the threads send them, if few are left of the last.

    At the end of the budget those that have not begun are given back instead.
    """
    ahead = min(AHEAD, max(conf.in_flight, round(flights.pace * FORESIGHT)))
    if time.monotonic() >= ends:
        flights.call_back()
        return
    if len(flights) > conf.in_flight + ahead // 2 or flights.alarm.is_set():
        return
    # A POST starts only if the lease, which runs from `now`, covers it.
    latest = look.read + conf.lease.total_seconds() - conf.deadline - 1
    most, probe = breaker.allowance(look.state, look.now, conf.in_flight + ahead - len(flights))
    if most <= 0:
        return
    # Of two drains that claim side by side, one may be the victim of a deadlock or a conflict.
    claims = insist(partial(claim, integration.name, look.now, most, probe=probe), most=2)
    if not claims and look.state.recovering:
        breaker.recovered(look.state)
    timestamp = int(look.now.timestamp())
    for one in claims:
        flights.start(one, partial(_post, one, integration, timestamp, latest, flights.alarm))


def _post(
    claim: Claim,
    integration: Integration,
    timestamp: int,
    latest: float,
    alarm: threading.Event,
) -> _Posted | None:
    """In a thread: send one. None if it is too late, or another one's answer is an alarm."""
    started = time.monotonic()
    if started > latest or alarm.is_set():
        return None
    body = json.dumps({"conversation_id": claim.conversation_id}).encode()
    answer, headers = posting.post(integration, body, timestamp, latest)
    if retry.outcome(answer) in _ALARMING:
        alarm.set()
    return _Posted(claim, answer, headers, body.decode(), started, time.monotonic() - started)


def _call_back_at_alarm(flights: Flying, landed: Landed) -> bool:
    """What has not begun stays, until it is known what an alarming answer means."""
    alarmed = any(_outcome(posted) in _ALARMING for _, posted in landed)
    if alarmed:
        flights.call_back()
    return alarmed


def _heed(look: breaker.Look, flights: Flying, alarmed: bool) -> None:
    """It is known now."""
    if breaker.is_shut(look.state, look.now):
        flights.call_back()
    elif alarmed:
        flights.alarm.clear()


def _outcome(posted: _Posted | None) -> Outcome | None:
    return None if posted is None else retry.outcome(posted.answer)


def _is_sent(posted: _Posted | None) -> bool:
    return _outcome(posted) is Outcome.SENT


def _write_down(integration: Integration, landed: Landed) -> breaker.Look:
    """Settle those that are back, release those that never took off; how things stand then.

    `landed` is left with those that could not be written down.
    """
    look = insist(partial(breaker.look, integration.name))
    reports = insist(partial(_settle, integration, landed, look))
    landed[:] = [(one, posted) for one, posted in landed if posted is None]
    insist(partial(release, [one for one, _ in landed]))
    landed.clear()
    insist(partial(breaker.note, look.state, reports, look.now))
    return look


def _settle(integration: Integration, landed: Landed, look: breaker.Look) -> list[Report]:
    reports = [_report(integration, posted, look) for _, posted in landed if posted is not None]
    if reports:
        settle(reports, look.now)
    return reports


def _report(integration: Integration, posted: _Posted, look: breaker.Look) -> Report:
    claim, answer = posted.claim, posted.answer
    outcome = retry.outcome(answer)
    attempt = posting.attempted(
        integration, claim.event_id, claim.conversation_id, answer, posted.headers, posted.body
    )
    attempt.started_at = look.now - timedelta(seconds=look.read - posted.started)
    attempt.duration = round(posted.took * 1000)
    detail = f"Fin answered {answer.status}." if answer.status else f"No answer: {answer.error}."
    if outcome is Outcome.THROTTLED:
        pause = retry.pause(answer.retry_after, look.now)
        return Report(claim, outcome, attempt, pause, counts=False, detail=detail)
    if outcome is Outcome.UNAUTHORIZED:
        return Report(claim, outcome, attempt, conf.spacing, counts=False, detail=detail)
    if outcome is Outcome.SENT:
        return Report(claim, outcome, attempt)
    if claim.probe and outcome in {Outcome.UNAVAILABLE, Outcome.NOT_FOUND}:
        return Report(claim, outcome, attempt, retry.AFTER_PROBE, counts=False, detail=detail)
    delay = retry.wait(outcome, failures(claim, outcome), random.random())  # noqa: S311  # jitter
    return Report(claim, outcome, attempt, delay, detail=detail)


def _next_look(integration: Integration, look: breaker.Look) -> float | None:
    opens = breaker.opens_at(look.state, look.now)
    # Not the MIN of all, for which MariaDB reads them.
    first = sql.fetch(
        "SELECT due_at FROM fin_bridge_event WHERE state = 'waiting' AND kind = 'sync'"
        " AND integration = %s ORDER BY due_at LIMIT 1",
        integration.name,
    )
    if not first or opens is None:
        return None
    moment = opens if look.state.blocked else max(from_microseconds(first[0][0]), opens)
    return min(max(0.0, (moment - look.now).total_seconds()), LONGEST_SLEEP)
