"""Claiming what is due: by conversation, so no two POSTs of one are under way at once.

A claim takes a conversation, by a lease on its `ConversationState`, and with it all events of the
conversation that are visible. Claims on events alone would let two POSTs of one conversation
overlap. The token of the claim guards what `settling` writes afterwards.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models.constants import OnConflict

from ..conf import conf
from ..database import sql, statements
from ..database.clock import to_microseconds
from ..models import ConversationState, Event, database
from . import loop_guard

BACKOFF_OF_NEWS: Final = timedelta(seconds=60)
"""A change made while its conversation is in backoff is due within this time."""

_BATCH: Final = 1000
"""One statement takes so many events: for longer lists some databases read the whole table."""

_END_OF_TIME: Final = 2**62  # in microseconds


@dataclass(frozen=True, slots=True)
class Claim:
    """A conversation that is ours until the lease ends; `event_id` stands for all its events."""

    integration: str
    conversation_id: str
    token: uuid.UUID
    event_id: int
    attempts: int
    claimed_at: datetime
    probe: bool = False


class _Lease(NamedTuple):
    """The columns that claim a conversation."""

    token: uuid.UUID
    until: int  # in microseconds


class _State(NamedTuple):
    """The columns of a conversation's state that decide whether it is claimed."""

    conversation_id: str
    lease_until: int | None = None  # in microseconds; None under our own lease
    not_before: int | None = None  # in microseconds
    attempts: int = 0
    is_new: bool = False  # made with our lease

    def is_free(self, now: datetime, probe: bool) -> bool:
        """Return whether no other claim holds it, and no backoff holds it up."""
        moment = to_microseconds(now)
        leased = self.lease_until is not None and self.lease_until > moment
        gated = self.not_before is not None and self.not_before > moment
        return not leased and (probe or not gated)


def claim(integration: str, now: datetime, most: int, *, probe: bool = False) -> list[Claim]:
    """Claim up to `most` conversations of an integration that have something due.

    A probe takes one that waits, due or not: while Fin is down all of them are in backoff.
    """
    ids = _candidates(integration, now, most, probe)
    if not ids:
        return []
    lease = _Lease(uuid.uuid4(), to_microseconds(now + conf.lease))
    with transaction.atomic(using=database()):
        sql.commit_lazily()  # a claim that a crash undoes leaves events due, which are sent again
        # Where another drain is just claiming the first, those behind them are free.
        first, second = ids[:most], ids[most : 2 * most]
        states = _locked(integration, first, lease) or _locked(integration, second, lease)
        free = [state for state in states if state.is_free(now, probe)]
        claims = _take(integration, free, lease, now, probe) if free else []
        if not probe:
            # Only what is locked here: waiting for what another drain holds would be a deadlock.
            claimed = {claim.conversation_id for claim in claims}
            locked = [state.conversation_id for state in states]
            _defer(integration, [name for name in locked if name not in claimed], now)
    return claims


def _candidates(integration: str, now: datetime, most: int, probe: bool) -> list[str]:
    """Find more conversations than are wanted, since other drains may hold some of them."""
    latest = _END_OF_TIME if probe else to_microseconds(now)
    rows = sql.fetch(statements.FIND_DUE, integration, latest, most * 4)
    changed = {name for name, is_reaction in rows if not is_reaction}
    reacting = {name for name, _ in rows} - changed
    tamed = loop_guard.tame(integration, reacting, now) if reacting and not probe else set()
    return list(dict.fromkeys(name for name, _ in rows if name not in tamed))


def _locked(integration: str, ids: Sequence[str], lease: _Lease) -> list[_State]:
    """Lock the conversations' states, and make those that are missing; leave what others hold."""
    states = _lock(integration, ids, lease)
    missing = sorted(set(ids) - {state.conversation_id for state in states})
    if not missing:
        return states
    rows = ([integration, name, *lease] for name in missing)
    if sql.insert(statements.MAKE_STATES, *rows, on_conflict=OnConflict.IGNORE) < len(missing):
        return _lock(integration, ids, lease)  # another drain has locked or made some of them
    return states + [_State(name, is_new=True) for name in missing]


def _lock(integration: str, ids: Sequence[str], lease: _Lease) -> list[_State]:
    rows = sql.lock(statements.LOCK_STATES, lease.token, integration, list(ids))
    return [_State(*row) for row in rows]


def _take(
    integration: str, free: Sequence[_State], lease: _Lease, now: datetime, probe: bool
) -> list[Claim]:
    """Claim these; they are locked (in SQLite in a snapshot), so nobody else takes them."""
    if unleased := [state.conversation_id for state in free if not state.is_new]:
        sql.execute(statements.LEASE_STATES, *lease, integration, unleased)
    names = [state.conversation_id for state in free]
    leads = _take_events(integration, names, lease.token)
    if gone := [name for name in names if name not in leads]:
        # Another drain has sent their events between our look and our claim.
        ConversationState.objects.about(integration, gone).end_leases()
    return [
        Claim(integration, name, lease.token, leads[name], state.attempts, now, probe)
        for state in free
        if (name := state.conversation_id) in leads
    ]


def _take_events(integration: str, names: Sequence[str], token: uuid.UUID) -> dict[str, int]:
    """Take their events, those of expired claims too; return the last of each conversation.

    They are taken by primary key: by other columns MariaDB and MySQL would wait for rows that a
    host's open transaction adds next to them.
    """
    rows = sql.fetch(statements.FIND_UNSETTLED, integration, list(names))
    taken = 0
    for start in range(0, len(rows), _BATCH):
        keys = [pk for pk, _ in rows[start : start + _BATCH]]
        taken += sql.execute(statements.CLAIM_EVENTS, token, keys)
    if taken < len(rows):  # somebody has cancelled some of them just now
        events = Event.objects.syncs().claimed_by([token]).about(integration, names)
        rows = list(events.values_list("pk", "conversation_id"))
    return {name: pk for pk, name in sorted(rows)}


def _defer(integration: str, ids: Sequence[str], now: datetime) -> None:
    """Have due events that cannot go yet make room for others, until their conversations may."""
    if not ids:
        return
    due = Event.objects.syncs().waiting().about(integration, ids).due(now)
    states = ConversationState.objects.about(integration, ids).held_until_after(now)
    # What came since the last failure is news: it waits out the backoff, but not for hours.
    news = list(due.filter(attempts=0).values_list("conversation_id", flat=True).distinct())
    soon = now + BACKOFF_OF_NEWS
    states.filter(conversation_id__in=news).held_until_after(soon).update(not_before=soon)
    gates = dict(states.values_list("conversation_id", "not_before"))
    for moment in set(gates.values()):
        gated = [conversation for conversation, gate in gates.items() if gate == moment]
        due.filter(conversation_id__in=gated).update(due_at=moment)
    due.exclude(conversation_id__in=gates).update(due_at=now + conf.spacing)


def release(claims: Iterable[Claim]) -> None:
    """Give back claims whose POSTs were not started."""
    by_token: dict[uuid.UUID, list[Claim]] = {}
    for claim in claims:
        by_token.setdefault(claim.token, []).append(claim)
    for token, group in by_token.items():
        integration = group[0].integration
        with transaction.atomic(using=database()):
            names = [claim.conversation_id for claim in group]
            held = ConversationState.objects.about(integration, names).filter(token=token)
            ids = list(held.select_for_update().values_list("conversation_id", flat=True))
            events = Event.objects.syncs().claimed_by([token]).about(integration, ids)
            events.update(state=Event.State.WAITING, claim=None)
            held.end_leases()
