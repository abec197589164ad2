"""Settling claims: what became of their POSTs is written down, under the token of each claim.

A worker that slept through its lease finds another token, and changes nothing any more.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import F, Func

from ..conf import conf
from ..database import sql, statements
from ..database.clock import InstantField, to_microseconds
from ..models import Attempt, ConversationState, Event, EventQuerySet, database
from ..signals import announce, event_failed, event_sent
from .claims import Claim
from .posting import Exchange
from .retry import Outcome

REMINDER: Final = "not pulled by Fin"
"""This is the cause of an event that repeats what Fin has accepted and not looked at."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of the POST of a claim, and what is to be done about it."""

    claim: Claim
    outcome: Outcome
    exchange: Exchange
    wait: timedelta | None = None
    """The time until the next try; None where there is none."""
    counts: bool = True
    """A try that counts uses up the retry budget."""
    detail: str = ""


def failures(claim: Claim, outcome: Outcome) -> int:
    """Return how many failures in a row there are with this one, as its schedule counts them.

    What is refused, or not found, gets its own few tries however long Fin was away before.
    """
    if outcome is Outcome.UNAVAILABLE or not claim.attempts:
        return claim.attempts + 1
    before = Attempt.objects.filter(
        integration=claim.integration, conversation_id=claim.conversation_id
    ).order_by("-started_at", "-pk")
    last = before.values_list("outcome", flat=True)[: claim.attempts]
    return len(list(takewhile(outcome.value.__eq__, last))) + 1


def settle(reports: Sequence[Report], now: datetime) -> None:
    """Write down how POSTs of one integration went, in one transaction.

    The signals `event_sent` and `event_failed` follow after its commit.
    """
    using = database()
    with transaction.atomic(using=using):
        states = _locked(reports)
        valid = [report for report in reports if _holds(report.claim, states)]
        sent = [report for report in valid if report.outcome is Outcome.SENT]
        if sent:
            _sent(sent, states, now)
        for report in valid:
            if report.outcome is not Outcome.SENT:
                _not_sent(report, states, now)
        sql.insert(statements.ADD_ATTEMPTS, *(_attempt(report) for report in reports))
        transaction.on_commit(partial(_tell, valid), using=using, robust=True)


class _State(NamedTuple):
    """The columns of a conversation's state that settling looks at."""

    conversation_id: str
    pk: int
    token: uuid.UUID | None
    reminders: int
    pulled_at: datetime | None


def _holds(claim: Claim, states: Mapping[str, _State]) -> bool:
    """Return whether its token still stands there; a crash of the database may have undone it."""
    state = states.get(claim.conversation_id)
    return state is not None and state.token == claim.token


def _locked(reports: Sequence[Report]) -> dict[str, _State]:
    states = ConversationState.objects.about(*_conversations(reports))
    lock = states.select_for_update().order_by("pk").values_list(*_State._fields)
    return {state.conversation_id: state for state in map(_State._make, lock)}


def _conversations(reports: Sequence[Report]) -> tuple[str, list[str]]:
    names = [report.claim.conversation_id for report in reports]
    return reports[0].claim.integration, names


def _claimed(reports: Sequence[Report]) -> EventQuerySet:
    """Find the claimed events by all columns of an index.

    MariaDB and MySQL lock, and wait for, each row that they have to look at.
    """
    tokens = {report.claim.token for report in reports}
    return Event.objects.syncs().claimed_by(tokens).about(*_conversations(reports))


def _sent(reports: Sequence[Report], states: Mapping[str, _State], now: datetime) -> None:
    """Have one of a claim's events stand for the POST, and merge the others into it."""
    reminded = [
        state.pk for report in reports if (state := _state_of(report, states)).reminders > 0
    ]
    if reminded:
        _forget_reminders(reminded, _claimed(reports).exclude(cause=REMINDER))
    integration, names = _conversations(reports)
    sql.execute(
        statements.SETTLE_SENT,
        [report.claim.event_id for report in reports],
        to_microseconds(now),
        integration,
        list({report.claim.token for report in reports}),
        names,
    )
    started = {_state_of(report, states).pk: report.exchange.started_at for report in reports}
    ConversationState.objects.filter(pk__in=started).update(
        token=None,
        lease_until=None,
        attempts=0,
        posted_at=_moments(started),
        not_before=_moments(started, conf.spacing),
    )
    for report in reports:
        _stamp_pulled(report, _state_of(report, states).pulled_at)


def _state_of(report: Report, states: Mapping[str, _State]) -> _State:
    return states[report.claim.conversation_id]


def _moments(started: Mapping[int, datetime], ahead: timedelta = timedelta(0)) -> Func:
    """Map each state to the time its POST started, plus `ahead`.

    Django's `Case` takes a millisecond for three arms; numbers are written out here.
    """
    arms = " ".join(
        f"WHEN {pk:d} THEN {to_microseconds(moment + ahead):d}" for pk, moment in started.items()
    )
    return Func(F("pk"), template=f"CASE %(expressions)s {arms} END", output_field=InstantField())


def _forget_reminders(pks: Sequence[int], news: EventQuerySet) -> None:
    """Begin to remind Fin anew where something but a reminder was sent."""
    ConversationState.objects.filter(
        pk__in=pks, conversation_id__in=news.values("conversation_id")
    ).update(reminders=0)


def _stamp_pulled(report: Report, moment: datetime | None) -> None:
    """Stamp the events if Fin has pulled before its answer to the POST was written down."""
    claim = report.claim
    if moment is not None and moment >= report.exchange.started_at:
        delivered = Event.objects.delivered().about(claim.integration, [claim.conversation_id])
        delivered.filter(claim=claim.token, pulled_at=None).update(pulled_at=moment)


def _not_sent(report: Report, states: Mapping[str, _State], now: datetime) -> None:
    """Have the claimed events wait for the next try, or fail if none is left."""
    claimed = _claimed([report])
    state = ConversationState.objects.filter(pk=_state_of(report, states).pk)
    used = 1 if report.counts else 0
    change: dict[str, Any] = {"detail": report.detail[:500], "attempts": F("attempts") + used}
    if report.wait is None:
        claimed.update(state=Event.State.FAILED, settled_at=now, **change)
        state.update(token=None, lease_until=None, attempts=0, not_before=now + conf.spacing)
        return
    due = now + report.wait
    claimed.update(state=Event.State.WAITING, claim=None, due_at=due, **change)
    attempts = F("attempts") + used
    state.update(token=None, lease_until=None, attempts=attempts, not_before=due)


def _attempt(report: Report) -> list[Any]:
    """Give the values of `statements.ADD_ATTEMPTS`."""
    claim, exchange = report.claim, report.exchange
    return [
        *(claim.event_id, claim.integration, claim.conversation_id),
        *(to_microseconds(exchange.started_at), exchange.duration),
        *(exchange.outcome, exchange.status, exchange.url),
        *(json.dumps(exchange.request_headers), exchange.request_body, exchange.answer),
    ]


def _tell(reports: Sequence[Report]) -> None:
    for report in reports:
        about: dict[str, Any] = {
            "event_id": report.claim.event_id,
            "conversation_id": report.claim.conversation_id,
            "integration": report.claim.integration,
        }
        if report.outcome is Outcome.SENT:
            announce(event_sent, Event, **about)
        elif report.wait is None:
            announce(event_failed, Event, detail=report.detail, **about)
