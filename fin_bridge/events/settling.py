"""Settling what was claimed: exactly that, and only under the token of its claim.

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
from django.db.models import F, Func, Q, QuerySet

from ..conf import conf
from ..database import sql
from ..database.clock import InstantField, to_microseconds
from ..models import Attempt, ConversationState, Event, database
from ..signals import announce, event_failed, event_sent
from .claims import Claim
from .retry import Outcome

REMINDER: Final = "not pulled by Fin"
"""The cause of an event that repeats what Fin has accepted and not looked at."""


_ATTEMPTS: Final = (
    "fin_bridge_attempt (event_id, integration, conversation_id, started_at, duration, outcome,"
    " status, url, request_headers, request_body, answer)"
)
"""One for each POST: the ORM would take as long for them as for all else that is written."""


@dataclass(frozen=True, slots=True)
class Report:
    """How the POST of a claim went; `attempt` is not saved yet."""

    claim: Claim
    outcome: Outcome
    attempt: Attempt
    wait: timedelta | None = None
    """Until the next try; None where there is none."""
    counts: bool = True
    """Whether it uses up the retry budget."""
    detail: str = ""

    @property
    def started_at(self) -> datetime:
        """When the POST started, by the database's clock."""
        moment: datetime = self.attempt.started_at
        return moment


def failures(claim: Claim, outcome: Outcome) -> int:
    """How many in a row there are with this one, as far as its schedule counts them.

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
    """Write down how they went, in one transaction; signals follow after its commit.

    They are of one integration.
    """
    using = database()
    with transaction.atomic(using=using):
        states = _locked(reports)
        ours = [one for one in reports if _holds(one.claim, states)]
        sent = [report for report in ours if report.outcome is Outcome.SENT]
        if sent:
            _sent(sent, states, now)
        for report in ours:
            if report.outcome is not Outcome.SENT:
                _not_sent(report, states, now)
        sql.insert(_ATTEMPTS, *(_row(report.attempt) for report in reports))
        transaction.on_commit(partial(_tell, ours), using=using, robust=True)


class _State(NamedTuple):
    """What settling looks at of a conversation's state."""

    conversation_id: str
    pk: int
    token: uuid.UUID | None
    reminders: int
    pulled_at: datetime | None


def _holds(claim: Claim, states: Mapping[str, _State]) -> bool:
    """Its token still stands there; a claim that a crash of the database has undone left none."""
    state = states.get(claim.conversation_id)
    return state is not None and state.token == claim.token


def _locked(reports: Sequence[Report]) -> dict[str, _State]:
    """The conversations' states, by their names."""
    states = ConversationState.objects.filter(
        integration=reports[0].claim.integration,
        conversation_id__in=[report.claim.conversation_id for report in reports],
    )
    lock = states.select_for_update().order_by("pk").values_list(*_State._fields)
    return {state.conversation_id: state for state in map(_State._make, lock)}


def _claimed(reports: Sequence[Report]) -> QuerySet[Event]:
    """All columns of an index: MariaDB and MySQL lock, and wait for, what they have to look at."""
    return Event.objects.filter(
        claim__in={report.claim.token for report in reports},
        conversation_id__in=[report.claim.conversation_id for report in reports],
        kind=Event.Kind.SYNC,
        state=Event.State.SENDING,
        integration=reports[0].claim.integration,
    )


def _sent(reports: Sequence[Report], states: Mapping[str, _State], now: datetime) -> None:
    """One of the claimed events stands for the POST, the others are merged into it."""
    reminded = [
        state.pk for report in reports if (state := _state_of(report, states)).reminders > 0
    ]
    if reminded:
        _forget_reminders(reminded, _claimed(reports).exclude(cause=REMINDER))
    sql.execute(
        "UPDATE fin_bridge_event SET state = CASE WHEN id IN (%s) THEN 'sent' ELSE 'merged' END,"
        " settled_at = %s, attempts = attempts + 1, detail = ''"
        " WHERE kind = 'sync' AND state = 'sending' AND integration = %s AND claim IN (%s)"
        " AND conversation_id IN (%s)",
        [report.claim.event_id for report in reports],
        to_microseconds(now),
        reports[0].claim.integration,
        list({report.claim.token for report in reports}),
        [report.claim.conversation_id for report in reports],
    )
    started = {_state_of(report, states).pk: report.started_at for report in reports}
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
    """When the POST of each state started, and so much later.

    Whole numbers that are written out: Django's `Case` takes a millisecond for three of them.
    """
    arms = " ".join(
        f"WHEN {pk:d} THEN {to_microseconds(moment + ahead):d}" for pk, moment in started.items()
    )
    return Func(F("pk"), template=f"CASE %(expressions)s {arms} END", output_field=InstantField())


def _forget_reminders(pks: Sequence[int], news: QuerySet[Event]) -> None:
    """After news there are reminders anew."""
    ConversationState.objects.filter(
        pk__in=pks, conversation_id__in=news.values("conversation_id")
    ).update(reminders=0)


def _stamp_pulled(report: Report, moment: datetime | None) -> None:
    """Fin may pull before its answer to the POST has been written down."""
    if moment is not None and moment >= report.started_at:
        Event.objects.filter(
            Q(state=Event.State.SENT) | Q(state=Event.State.MERGED),
            claim=report.claim.token,
            conversation_id=report.claim.conversation_id,
            pulled_at=None,
        ).update(pulled_at=moment)


def _not_sent(report: Report, states: Mapping[str, _State], now: datetime) -> None:
    """Back to waiting until the next try; failed, with all claimed beside it, if none is left."""
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


def _row(attempt: Attempt) -> list[Any]:
    return [
        *(attempt.event_id, attempt.integration, attempt.conversation_id),
        *(to_microseconds(attempt.started_at), attempt.duration),
        *(attempt.outcome, attempt.status, attempt.url),
        *(json.dumps(attempt.request_headers), attempt.request_body, attempt.answer),
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
