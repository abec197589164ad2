"""The drain: claim, POST, settle, for as many conversations as are due, in one process.

Threads do nothing but HTTP; all statements are this thread's, in no transaction around a POST.
Delivery knows nothing of Celery: `deliver_events` runs it too.
"""

from __future__ import annotations

import json
import os
import random
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from .. import clock
from ..conf import Integration, conf
from ..models import Event, IntegrationState, database
from . import gate, posting, retry
from .claims import Claim, claim, release
from .insistence import insist
from .retry import Answer, Outcome
from .routing import route
from .settling import Report, failures, settle

BUDGET = 2.0
"""Seconds after which a drain claims no more, so that typing gets its turn in the queue."""

LONGEST_SLEEP = 60.0


@dataclass(frozen=True, slots=True)
class _Posted:
    """A POST that was made: when it started and how long it took, by this process's clock."""

    claim: Claim
    answer: Answer
    headers: dict[str, str]
    body: str
    started: float
    took: float


class _Pool:
    """The sending threads of a process, kept between drains with their connections."""

    def __init__(self) -> None:
        self._made_for: tuple[int, int] = (0, 0)
        self._executor: ThreadPoolExecutor | None = None

    def get(self) -> ThreadPoolExecutor:
        """Its own after a fork, where the parent's threads are gone."""
        wanted = (os.getpid(), conf.in_flight)
        if self._executor is None or self._made_for != wanted:
            self._executor = ThreadPoolExecutor(conf.in_flight, thread_name_prefix="fin_bridge")
            self._made_for = wanted
        return self._executor


_pool = _Pool()


def drain(budget: float = BUDGET) -> float | None:
    """Send what is due; seconds until there is something to do again, None if nothing waits."""
    ends = time.monotonic() + budget
    route()
    looks = [_drain(integration, ends) for integration in conf.integrations.values()]
    return min((look for look in looks if look is not None), default=None)


def _drain(integration: Integration, ends: float) -> float | None:
    flights: dict[Future[_Posted | None], Claim] = {}
    state = gate.state_of(integration.name)
    try:
        while True:
            if time.monotonic() < ends and len(flights) < conf.in_flight:
                flights |= _launch(integration, state, len(flights))
            if not flights:
                break
            if time.monotonic() >= ends:
                _call_back(flights)
            done, _ = wait(flights, timeout=1, return_when=FIRST_COMPLETED)
            state, now = _land(integration, {flight: flights.pop(flight) for flight in done})
            if gate.is_shut(state, now):
                _call_back(flights)
    finally:
        # Where the database has failed meanwhile, answers are still on their way.
        _call_back(flights)
        if flights:
            wait(flights)
            _land(integration, flights)
    return _next_look(integration, state)


def _launch(
    integration: Integration, state: IntegrationState, under_way: int
) -> dict[Future[_Posted | None], Claim]:
    """Claim some and have the threads send them.

    More than there are threads, so that none waits for the database between two POSTs; not many
    more, since what is answered and not written down yet is sent again if this process is killed.
    """
    # A POST starts only if the lease, which runs from `now`, covers it.
    latest = time.monotonic() + conf.lease.total_seconds() - conf.deadline - 1
    now = clock.now(database())
    most, probe = gate.allowance(state, now, conf.in_flight * 2 - under_way)
    if most <= 0:
        return {}
    claims = claim(integration.name, now, most, probe=probe)
    if not claims and state.recovering:
        gate.recovered(state)
    timestamp = int(now.timestamp())
    return {_pool.get().submit(_post, one, integration, timestamp, latest): one for one in claims}


def _post(claim: Claim, integration: Integration, timestamp: int, latest: float) -> _Posted | None:
    """In a thread: send one. None if it is too late."""
    started = time.monotonic()
    if started > latest:
        return None
    body = json.dumps({"conversation_id": claim.conversation_id}).encode()
    answer, headers = posting.post(integration, body, timestamp, latest)
    return _Posted(claim, answer, headers, body.decode(), started, time.monotonic() - started)


def _land(
    integration: Integration, flights: dict[Future[_Posted | None], Claim]
) -> tuple[IntegrationState, datetime]:
    """Settle those that are back, release those that never took off; the gate then, and when."""
    posted, grounded = [], []
    for flight, one in flights.items():
        result = None if flight.cancelled() else flight.result()
        if result is None:
            grounded.append(one)
        else:
            posted.append(result)
    now = insist(lambda: clock.now(database()))
    read = time.monotonic()
    reports = [
        _report(integration, one, now - timedelta(seconds=read - one.started), now)
        for one in posted
    ]
    if reports:
        insist(lambda: settle(reports, now))
    insist(lambda: release(grounded))
    return gate.note(integration.name, reports, now), now


def _report(
    integration: Integration, posted: _Posted, started_at: datetime, now: datetime
) -> Report:
    claim, answer = posted.claim, posted.answer
    outcome = retry.outcome(answer)
    attempt = posting.attempted(
        integration, claim.event_id, claim.conversation_id, answer, posted.headers, posted.body
    )
    attempt.started_at, attempt.duration = started_at, round(posted.took * 1000)
    detail = f"Fin answered {answer.status}." if answer.status else f"No answer: {answer.error}."
    if outcome is Outcome.THROTTLED:
        pause = retry.pause(answer.retry_after, now)
        return Report(claim, outcome, attempt, pause, counts=False, detail=detail)
    if outcome is Outcome.UNAUTHORIZED:
        return Report(claim, outcome, attempt, conf.spacing, counts=False, detail=detail)
    if outcome is Outcome.SENT:
        return Report(claim, outcome, attempt)
    if claim.probe and outcome in {Outcome.UNAVAILABLE, Outcome.NOT_FOUND}:
        return Report(claim, outcome, attempt, retry.AFTER_PROBE, counts=False, detail=detail)
    delay = retry.wait(outcome, failures(claim, outcome), random.random())  # noqa: S311  # jitter
    return Report(claim, outcome, attempt, delay, detail=detail)


def _call_back(flights: dict[Future[_Posted | None], Claim]) -> None:
    """Those that no thread has begun are given back for another drain to send."""
    grounded = [flight for flight in flights if flight.cancel()]
    claims = [flights.pop(flight) for flight in grounded]
    insist(lambda: release(claims))


def _next_look(integration: Integration, state: IntegrationState) -> float | None:
    now = clock.now(database())
    opens = gate.opens_at(state, now)
    waiting = Event.objects.filter(
        integration=integration.name, kind=Event.Kind.SYNC, state=Event.State.WAITING
    )
    due = waiting.aggregate(due=Min("due_at"))["due"]
    if due is None or opens is None:
        return None
    moment = opens if state.blocked else max(due, opens)
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_SLEEP)
