"""The drain: claim, POST, settle, for as many conversations as are due, in one process.

Threads do nothing but HTTP. All statements are the main thread's, and no transaction is open
around a POST. Nothing here knows of Celery, since the command `deliver_events` drains as well.
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

from ..conf import conf
from ..database.connection import durably
from ..integrations import Integration
from ..models import Event
from . import breaker, posting, retry
from .claims import Claim, claim, release
from .in_flight import InFlight
from .retry import Answer, Outcome
from .routing import certain, route
from .settling import Report, failures, settle

BUDGET: Final = 2.0
"""Seconds after which a drain claims no more, so typing gets its turn in the queue."""

LEAST: Final = 0.5
"""Seconds that are left for the other integrations when one has used up the budget."""

AHEAD: Final = 100
FORESIGHT: Final = 0.3
"""A drain claims more than it has under way: at most `AHEAD`, and what `FORESIGHT` seconds send.

So no thread waits for the database between two POSTs, and a statement serves many of them. What a
slow Fin keeps waiting is left to other drains.
"""

LOOK_AGAIN: Final = 1.0
"""Seconds after which a drain whose POSTs are all slow looks at its budget, and for more."""

LONGEST_SLEEP: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Posted:
    """A POST that was made; `started` and `took` are in seconds of this process's clock."""

    claim: Claim
    answer: Answer
    headers: dict[str, str]
    body: str
    started: float
    took: float


_InFlight = InFlight[Claim, _Posted | None]
_Returned = list[tuple[Claim, _Posted | None]]

_ALARMING: Final = {Outcome.THROTTLED, Outcome.UNAUTHORIZED, Outcome.UNAVAILABLE}
"""Outcomes that may open the breaker: until that is known, no further POST may leave."""


def drain(budget: float = BUDGET) -> float | None:
    """Send what is due, for about so many seconds.

    Returns the seconds until there is something to do again, None if nothing waits. What an
    integration does not use of its share of the budget is left to those after it.
    """
    ends = time.monotonic() + budget
    if not certain():
        route()
    left, waits = len(conf.integrations), []
    for integration in conf.integrations.values():
        now = time.monotonic()
        share = max((ends - now) / left, LEAST / left)
        waits.append(_drain(integration, now + share))
        left -= 1
    return min((wait for wait in waits if wait is not None), default=None)


def _drain(integration: Integration, ends: float) -> float | None:
    posts, returned = _InFlight(_is_sent), _Returned()
    circuit = breaker.read(integration.name)
    try:
        _launch(integration, circuit, posts, ends)
        while posts:
            returned += posts.collect(timeout=LOOK_AGAIN)
            alarmed = _recall_at_alarm(posts, returned)
            keeps_on = posts.has_backlog and not alarmed
            if keeps_on:  # the threads would have sent it all before the answers are written down
                _launch(integration, circuit, posts, ends)
            circuit = _write_down(integration, returned)
            _heed(circuit, posts, alarmed)
            if not keeps_on:
                _launch(integration, circuit, posts, ends)
    finally:
        # If the database has failed, answers are still on their way.
        posts.recall()
        while posts:
            returned += posts.collect()
        if returned:
            _write_down(integration, returned)
    return _next_wait(integration, circuit)


def _launch(
    integration: Integration, circuit: breaker.Circuit, posts: _InFlight, ends: float
) -> None:
    """Claim some and have the threads send them, if few are left of the last.

    At the end of the budget those that have not begun are given back instead.
    """
    ahead = min(AHEAD, max(conf.in_flight, round(posts.pace * FORESIGHT)))
    if time.monotonic() >= ends:
        posts.recall()
        return
    if len(posts) > conf.in_flight + ahead // 2 or posts.alarm.is_set():
        return
    # A POST starts only if the lease, which runs from `circuit.now`, covers it.
    latest = circuit.read_at + conf.lease.total_seconds() - conf.deadline - 1
    most, probe = breaker.allowance(circuit, conf.in_flight + ahead - len(posts))
    if most <= 0:
        return
    # Of two drains that claim at once, one may be the victim of a deadlock or a conflict.
    claims = durably(partial(claim, integration.name, circuit.now, most, probe=probe), most=2)
    if not claims and circuit.state.recovering:
        breaker.recovered(circuit.state)
    timestamp = int(circuit.now.timestamp())
    for claimed in claims:
        posts.start(claimed, partial(_post, claimed, integration, timestamp, latest, posts.alarm))


def _post(
    claim: Claim,
    integration: Integration,
    timestamp: int,
    latest: float,
    alarm: threading.Event,
) -> _Posted | None:
    """Send one, in a thread; None if it is too late, or another POST's answer is an alarm."""
    started = time.monotonic()
    if started > latest or alarm.is_set():
        return None
    body = json.dumps({"conversation_id": claim.conversation_id}).encode()
    answer, headers = posting.post(integration, body, timestamp, latest)
    if retry.outcome(answer) in _ALARMING:
        alarm.set()
    return _Posted(claim, answer, headers, body.decode(), started, time.monotonic() - started)


def _recall_at_alarm(posts: _InFlight, returned: _Returned) -> bool:
    """Recall what has not begun, until it is known what an alarming answer means."""
    alarmed = any(_outcome(posted) in _ALARMING for _, posted in returned)
    if alarmed:
        posts.recall()
    return alarmed


def _heed(circuit: breaker.Circuit, posts: _InFlight, alarmed: bool) -> None:
    """Recall what has not begun if the breaker is open; else end the alarm."""
    if breaker.is_shut(circuit.state, circuit.now):
        posts.recall()
    elif alarmed:
        posts.alarm.clear()


def _outcome(posted: _Posted | None) -> Outcome | None:
    return None if posted is None else retry.outcome(posted.answer)


def _is_sent(posted: _Posted | None) -> bool:
    return _outcome(posted) is Outcome.SENT


def _write_down(integration: Integration, returned: _Returned) -> breaker.Circuit:
    """Settle the POSTs that are back, and release the claims of those that were never made.

    `returned` is left with those that could not be written down.
    """
    circuit = durably(partial(breaker.read, integration.name))
    reports = durably(partial(_settle, integration, returned, circuit))
    returned[:] = [(claim, posted) for claim, posted in returned if posted is None]
    durably(partial(release, [claim for claim, _ in returned]))
    returned.clear()
    durably(partial(breaker.note, circuit, reports))
    return circuit


def _settle(
    integration: Integration, returned: _Returned, circuit: breaker.Circuit
) -> list[Report]:
    posts = [posted for _, posted in returned if posted is not None]
    reports = [_report(integration, posted, circuit) for posted in posts]
    if reports:
        settle(reports, circuit.now)
    return reports


def _report(integration: Integration, posted: _Posted, circuit: breaker.Circuit) -> Report:
    claim, answer = posted.claim, posted.answer
    outcome = retry.outcome(answer)
    started_at = circuit.now - timedelta(seconds=circuit.read_at - posted.started)
    exchange = posting.exchange(
        integration, answer, posted.headers, posted.body, started_at, posted.took
    )
    detail = retry.explain(answer)
    if outcome is Outcome.THROTTLED:
        pause = retry.pause(answer.retry_after, circuit.now)
        return Report(claim, outcome, exchange, pause, counts=False, detail=detail)
    if outcome is Outcome.UNAUTHORIZED:
        return Report(claim, outcome, exchange, conf.spacing, counts=False, detail=detail)
    if outcome is Outcome.SENT:
        return Report(claim, outcome, exchange)
    if claim.probe and outcome in {Outcome.UNAVAILABLE, Outcome.NOT_FOUND}:
        return Report(claim, outcome, exchange, retry.AFTER_PROBE, counts=False, detail=detail)
    delay = retry.wait(outcome, failures(claim, outcome), random.random())  # noqa: S311  # jitter
    return Report(claim, outcome, exchange, delay, detail=detail)


def _next_wait(integration: Integration, circuit: breaker.Circuit) -> float | None:
    opens = breaker.opens_at(circuit)
    waiting = Event.objects.syncs().waiting().filter(integration=integration.name)
    # Not the MIN of all, for which MariaDB reads them.
    due = waiting.order_by("due_at").values_list("due_at", flat=True)[:1]
    if not due or opens is None:
        return None
    moment = opens if circuit.state.blocked else max(due[0], opens)
    return min(max(0.0, (moment - circuit.now).total_seconds()), LONGEST_SLEEP)
