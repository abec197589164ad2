"""The circuit breaker of an integration: how many POSTs may start now, for all processes together.

Fin may be down, or ask to wait, or refuse the key, and an operator may pause an integration. None
of that is the fault of one conversation, so it must not use up the retries of those that wait.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from ..conf import conf
from ..database import sql, statements
from ..database.clock import Now, from_microseconds
from ..models import ConversationState, Event, IntegrationState, database
from ..signals import alarm_raised, announce
from . import retry
from .settling import Report


class Block(enum.StrEnum):
    """The reasons for which only probes are sent."""

    UNAVAILABLE = "unavailable"
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not found"


_PROBES: Final = {
    Block.UNAVAILABLE: (5, 10, 20, 40, 60),
    Block.UNAUTHORIZED: (60,),
    Block.NOT_FOUND: (60,),
}
"""Seconds until each probe; the last interval repeats."""

_IN_A_ROW: Final = {Block.UNAVAILABLE: (5, 2), Block.NOT_FOUND: (20, 5)}
"""So many failures of so many conversations block the integration if no success is between."""

_MOST_FAILURES: Final = 40


@dataclass(frozen=True, slots=True)
class Circuit:
    """An integration's state, and when it was read: by the database's clock, and by ours."""

    state: IntegrationState
    now: datetime
    read_at: float
    """Seconds by `time.monotonic` before the database was asked; leases count from here."""


def read(integration: str) -> Circuit:
    """Read an integration's state (one statement); its row is made on first use."""
    read_at = time.monotonic()
    for state in sql.load(IntegrationState, statements.READ_INTEGRATION, Now(), integration):
        return Circuit(state, from_microseconds(state.now), read_at)
    IntegrationState.objects.get_or_create(integration=integration)
    return read(integration)


def allowance(circuit: Circuit, most: int) -> tuple[int, bool]:
    """Return how many conversations may be claimed, `most` at best, and whether as a probe."""
    state, now = circuit.state, circuit.now
    if state.paused_at is not None or (state.gate_until is not None and state.gate_until > now):
        return 0, False
    if state.blocked:
        return (1, True) if _takes_probe(state, now) else (0, True)
    if state.recovering:
        return _slots(state, now, most), False
    return most, False


def is_shut(state: IntegrationState, now: datetime) -> bool:
    """Return whether nothing but a probe is to be sent at the moment."""
    asked_to_wait = state.gate_until is not None and state.gate_until > now
    return bool(state.blocked or state.paused_at or asked_to_wait)


def _takes_probe(state: IntegrationState, now: datetime) -> bool:
    """Return whether this process is the one to send a probe (compare-and-set)."""
    intervals = _PROBES[Block(state.blocked)]
    wait = timedelta(seconds=intervals[min(state.probes, len(intervals) - 1)])
    unprobed = IntegrationState.objects.filter(
        pk=state.pk, blocked=state.blocked, probes=state.probes
    )
    return bool(
        unprobed.filter(Q(probe_at=None) | Q(probe_at__lte=now)).update(
            probes=state.probes + 1, probe_at=now + wait
        )
    )


def _slots(state: IntegrationState, now: datetime, most: int) -> int:
    """Take a share of the recovery's rate: what may be sent in a tenth of a second."""
    share = min(most, _share())
    free = IntegrationState.objects.filter(pk=state.pk, recovering=True)
    taken = free.filter(Q(slot_at=None) | Q(slot_at__lte=now)).update(
        slot_at=now + timedelta(seconds=share / conf.recovery_rate)
    )
    return share if taken else 0


def _share() -> int:
    return max(1, conf.recovery_rate // 10)


def longest_slot() -> float:
    """Return the seconds for which a share of the recovery's rate is taken at most."""
    return _share() / conf.recovery_rate


def opens_at(circuit: Circuit) -> datetime | None:
    """Return when it is worth looking again; None for an operator's pause."""
    state = circuit.state
    if state.paused_at is not None:
        return None
    moments = [
        state.gate_until,
        state.probe_at if state.blocked else None,
        state.slot_at if state.recovering else None,
    ]
    return max((moment for moment in moments if moment is not None), default=circuit.now)


def recovered(state: IntegrationState) -> None:
    """Return to full speed, since nothing is left of the backlog."""
    IntegrationState.objects.filter(pk=state.pk, recovering=True, blocked="").update(
        recovering=False, slot_at=None
    )


def note(circuit: Circuit, reports: Sequence[Report]) -> None:
    """Draw the conclusions from how some POSTs went: no statement while all is well."""
    state, now = circuit.state, circuit.now
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
        detail = f"Only probes are sent: {state.blocked}. {_last_answer(state, reports)}"
        announce(
            alarm_raised, None, integration=state.integration, reason=state.blocked, detail=detail
        )


def _last_answer(state: IntegrationState, reports: Sequence[Report]) -> str:
    """Quote what blocked it: what is in front of Fin is mended by other people than Fin itself."""
    failed = (report for report in reversed(reports) if report.outcome.value == state.blocked)
    return next(failed).detail


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
    """End the backoff of all conversations: Fin is back, and it was away for all of them."""
    states = ConversationState.objects.filter(integration=integration)
    states.held_until_after(now).update(not_before=now)
    events = Event.objects.syncs().waiting().filter(integration=integration, due_at__gt=now)
    events.update(due_at=now)
