"""The gate of an integration: how many POSTs may start now, for all processes together.

Fin down, Fin asking to wait, a wrong key, an operator's pause: none of them is a matter of one
conversation, and none may use up the retries of those that wait.
"""

from __future__ import annotations

import enum
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connections, transaction
from django.db.models import Q

from ..conf import conf
from ..database import clock, sql
from ..database.clock import from_microseconds
from ..models import ConversationState, Event, IntegrationState, database
from ..signals import alarm_raised, announce
from . import retry
from .settling import Report


class Block(enum.StrEnum):
    """Why only probes are sent."""

    UNAVAILABLE = "unavailable"
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not found"


_PROBES: Final = {
    Block.UNAVAILABLE: (5, 10, 20, 40, 60),
    Block.UNAUTHORIZED: (60,),
    Block.NOT_FOUND: (60,),
}
"""Seconds until each probe; the last interval is kept."""

_IN_A_ROW: Final = {Block.UNAVAILABLE: (5, 2), Block.NOT_FOUND: (20, 5)}
"""So many failures, over so many conversations, with no success between, are no matter of one."""

_MOST_FAILURES: Final = 40


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_microseconds(value)


_LOOKED_AT: Final[dict[str, Callable[[Any], Any]]] = {
    "id": int,
    "integration": str,
    "paused_at": _moment,
    "gate_until": _moment,
    "blocked": str,
    "probes": int,
    "probe_at": _moment,
    "failures": json.loads,
    "recovering": bool,
    "slot_at": _moment,
}
"""The columns of the row, in its order, and what the model holds of each."""

_LOOK: Final = "SELECT {now}, {row} FROM fin_bridge_integrationstate WHERE integration = %s"


@dataclass(frozen=True, slots=True)
class Look:
    """An integration's row, and when it was read: by the database's clock, and by ours."""

    state: IntegrationState
    now: datetime
    read: float
    """By `time.monotonic`, before the database was asked: no lease ends sooner than it seems."""


def look(integration: str) -> Look:
    """One statement; the row is made on first use.

    It is before every POST, and by hand takes a third of the time that the ORM does.
    """
    clock_sql, moment = clock.sql(connections[database()].vendor)
    read = time.monotonic()
    statement = _LOOK.format(now=clock_sql, row=", ".join(_LOOKED_AT))
    for now, *row in sql.fetch(statement, *moment, integration):
        values = [of(value) for of, value in zip(_LOOKED_AT.values(), row, strict=True)]
        state = IntegrationState.from_db(database(), [*_LOOKED_AT], values)
        return Look(state, from_microseconds(now), read)
    IntegrationState.objects.get_or_create(integration=integration)
    return look(integration)


def state_of(integration: str) -> IntegrationState:
    """The integration's row."""
    return look(integration).state


def allowance(state: IntegrationState, now: datetime, most: int) -> tuple[int, bool]:
    """How many conversations may be claimed, and whether as a probe."""
    if state.paused_at is not None or (state.gate_until is not None and state.gate_until > now):
        return 0, False
    if state.blocked:
        return (1, True) if _takes_probe(state, now) else (0, True)
    if state.recovering:
        return _slots(state, now, most), False
    return most, False


def is_shut(state: IntegrationState, now: datetime) -> bool:
    """Whether what has not been sent yet had better not be."""
    asked_to_wait = state.gate_until is not None and state.gate_until > now
    return bool(state.blocked or state.paused_at or asked_to_wait)


def _takes_probe(state: IntegrationState, now: datetime) -> bool:
    """Whether this process is the one to send it (compare-and-set)."""
    intervals = _PROBES[Block(state.blocked)]
    wait = timedelta(seconds=intervals[min(state.probes, len(intervals) - 1)])
    mine = IntegrationState.objects.filter(pk=state.pk, blocked=state.blocked, probes=state.probes)
    return bool(
        mine.filter(Q(probe_at=None) | Q(probe_at__lte=now)).update(
            probes=state.probes + 1, probe_at=now + wait
        )
    )


def _slots(state: IntegrationState, now: datetime, most: int) -> int:
    """A share of the recovery's rate: a tenth of a second's worth at a time."""
    share = min(most, _share())
    free = IntegrationState.objects.filter(pk=state.pk, recovering=True)
    taken = free.filter(Q(slot_at=None) | Q(slot_at__lte=now)).update(
        slot_at=now + timedelta(seconds=share / conf.recovery_rate)
    )
    return share if taken else 0


def _share() -> int:
    return max(1, conf.recovery_rate // 10)


def longest_slot() -> float:
    """Seconds for which one is taken at most: who has nothing else to do may wait for it."""
    return _share() / conf.recovery_rate


def opens_at(state: IntegrationState, now: datetime) -> datetime | None:
    """When it is worth looking again; None for an operator's pause."""
    if state.paused_at is not None:
        return None
    moments = [
        state.gate_until,
        state.probe_at if state.blocked else None,
        state.slot_at if state.recovering else None,
    ]
    return max((moment for moment in moments if moment is not None), default=now)


def recovered(state: IntegrationState) -> None:
    """Nothing is left of the backlog: full speed again."""
    IntegrationState.objects.filter(pk=state.pk, recovering=True, blocked="").update(
        recovering=False, slot_at=None
    )


def note(state: IntegrationState, reports: Sequence[Report], now: datetime) -> None:
    """Draw the conclusions from how some POSTs went: no statement while all is well."""
    if not (state.blocked or state.failures) and all(
        report.outcome is retry.Outcome.SENT for report in reports
    ):
        return
    with transaction.atomic(using=database()):
        state.refresh_from_db(from_queryset=IntegrationState.objects.select_for_update())
        before = state.blocked
        for report in reports:
            _conclude(state, report, now)
        state.save()
        if before and not state.blocked:
            _hurry(state.integration, now)
    if state.blocked and state.blocked != before:
        detail = f"Only probes are sent: {state.blocked}."
        announce(
            alarm_raised, None, integration=state.integration, reason=state.blocked, detail=detail
        )


def _conclude(state: IntegrationState, report: Report, now: datetime) -> None:
    outcome = report.outcome
    if outcome is retry.Outcome.SENT:
        if state.blocked:
            state.blocked, state.blocked_at, state.probe_at = "", None, None
            state.probes, state.recovering, state.slot_at = 0, True, None
        state.failures = []
    elif outcome is retry.Outcome.THROTTLED:
        state.gate_until = now + (report.wait or retry.PAUSE)
    elif outcome is retry.Outcome.UNAUTHORIZED:
        _block(state, Block.UNAUTHORIZED, now)
    elif outcome in {retry.Outcome.UNAVAILABLE, retry.Outcome.NOT_FOUND}:
        failure = [outcome.value, report.claim.conversation_id]
        state.failures = [*state.failures, failure][-_MOST_FAILURES:]
        _count(state, Block(outcome.value), now)


def _count(state: IntegrationState, block: Block, now: datetime) -> None:
    conversations = [name for kind, name in state.failures if kind == block.value]
    failures, spread = _IN_A_ROW[block]
    if len(conversations) >= failures and len(set(conversations)) >= spread:
        _block(state, block, now)


def _block(state: IntegrationState, block: Block, now: datetime) -> None:
    if not state.blocked:
        first = timedelta(seconds=_PROBES[block][0])
        state.blocked, state.blocked_at = block.value, now
        state.probes, state.probe_at = 0, now + first


def _hurry(integration: str, now: datetime) -> None:
    """Fin is back: what is in backoff because it was away need not wait for hours."""
    ConversationState.objects.filter(integration=integration, not_before__gt=now).update(
        not_before=now
    )
    Event.objects.filter(
        integration=integration,
        kind=Event.Kind.SYNC,
        state=Event.State.WAITING,
        due_at__gt=now,
    ).update(due_at=now)
