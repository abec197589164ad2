"""Claiming what is due: by conversation, so that no two POSTs of one are under way at once.

A *conversation* is claimed, by a lease on its `ConversationState`, which is locked and looked at
before, and with it all its visible events; claims on events alone would let two POSTs of one
conversation fly. The token of the claim fences what `settling` writes afterwards.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.constants import OnConflict

from ..conf import conf
from ..database import sql
from ..database.clock import to_microseconds
from ..models import ConversationState, Event, database
from . import loop_guard

BACKOFF_OF_NEWS: Final = timedelta(seconds=60)
"""A change made while its conversation is in backoff is due within this."""

_BATCH: Final = 1000
"""So many events in one statement: for longer lists some databases read the whole table."""

_END_OF_TIME: Final = 2**62
"""In microseconds."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One conversation, ours until the lease ends; `event_id` is the event that stands for it."""

    integration: str
    conversation_id: str
    token: uuid.UUID
    event_id: int
    attempts: int
    claimed_at: datetime
    probe: bool = False


class _Lease(NamedTuple):
    """What claims a conversation, written to its state."""

    token: uuid.UUID
    until: int
    """In microseconds."""


class _State(NamedTuple):
    """What a claim looks at of a conversation's state."""

    conversation_id: str
    lease_until: int | None = None
    """Microseconds, as `not_before`. None under our own lease."""
    not_before: int | None = None
    attempts: int = 0
    is_new: bool = False
    """Made with our lease."""

    def is_free(self, now: datetime, probe: bool) -> bool:
        """Whether nobody is at it, and no backoff holds it up."""
        moment = to_microseconds(now)
        leased = self.lease_until is not None and self.lease_until > moment
        gated = self.not_before is not None and self.not_before > moment
        return not leased and (probe or not gated)


def claim(integration: str, now: datetime, most: int, *, probe: bool = False) -> list[Claim]:
    """Claim up to so many conversations of an integration that have something due.

    A probe takes one that waits, due or not: while Fin is down all of them are in backoff.
    """
    ids = _candidates(integration, now, most, probe)
    if not ids:
        return []
    lease = _Lease(uuid.uuid4(), to_microseconds(now + conf.lease))
    with transaction.atomic(using=database()):
        sql.commit_lazily()  # without the claim what it has claimed is due: sent twice, if at all
        # Where another drain is just claiming the first, those behind them are free.
        first, second = ids[:most], ids[most : 2 * most]
        states = _locked(integration, first, lease) or _locked(integration, second, lease)
        free = [state for state in states if state.is_free(now, probe)]
        claims = _take(integration, free, lease, now, probe) if free else []
        if not probe:
            # Only what is locked here: waiting for what another drain holds would be a deadlock.
            claimed = {one.conversation_id for one in claims}
            ours = [state.conversation_id for state in states]
            _defer(integration, [i for i in ours if i not in claimed], now)
    return claims


def _candidates(integration: str, now: datetime, most: int, probe: bool) -> list[str]:
    """More than are wanted: some may be another drain's. Mostly there are none at all."""
    rows = sql.fetch(
        "SELECT conversation_id, reaction FROM fin_bridge_event"
        " WHERE state = 'waiting' AND kind = 'sync' AND integration = %s AND due_at <= %s"
        " ORDER BY due_at LIMIT %s",
        integration,
        _END_OF_TIME if probe else to_microseconds(now),
        most * 4,
    )
    others = {name for name, is_reaction in rows if not is_reaction}
    reacting = {name for name, _ in rows} - others
    tamed = loop_guard.tame(integration, reacting, now) if reacting and not probe else set()
    return list(dict.fromkeys(name for name, _ in rows if name not in tamed))


def _locked(integration: str, ids: Sequence[str], lease: _Lease) -> list[_State]:
    """Their states, made where missing; those that another drain is at are left to it."""
    states = _lock(integration, ids, lease)
    missing = sorted(set(ids) - {state.conversation_id for state in states})
    if not missing:
        return states
    made = sql.insert(
        "fin_bridge_conversationstate (integration, conversation_id, token, lease_until,"
        " attempts, reminders, shown, extent, holder, handover)",
        *([integration, name, *lease] for name in missing),
        rest="0, 0, '{}', '{}', '', ''",
        on_conflict=OnConflict.IGNORE,
    )
    if made < len(missing):  # another drain has locked some of them, or just made them
        return _lock(integration, ids, lease)
    return states + [_State(name, is_new=True) for name in missing]


def _lock(integration: str, ids: Sequence[str], lease: _Lease) -> list[_State]:
    rows = sql.lock(
        "SELECT conversation_id, CASE WHEN token = %s THEN NULL ELSE lease_until END, not_before,"
        " attempts FROM fin_bridge_conversationstate"
        " WHERE integration = %s AND conversation_id IN (%s) ORDER BY id",
        lease.token,
        integration,
        list(ids),
    )
    return [_State(*row) for row in rows]


def _take(
    integration: str, free: Sequence[_State], lease: _Lease, now: datetime, probe: bool
) -> list[Claim]:
    """These are locked (or, in SQLite, in a snapshot): nobody else takes them meanwhile."""
    known = [state.conversation_id for state in free if not state.is_new]
    if known:
        sql.execute(
            "UPDATE fin_bridge_conversationstate SET token = %s, lease_until = %s"
            " WHERE integration = %s AND conversation_id IN (%s)",
            *lease,
            integration,
            known,
        )
    names = [state.conversation_id for state in free]
    leads = _lead(integration, names, lease.token)
    _free(integration, [name for name in names if name not in leads])
    return [
        Claim(integration, name, lease.token, leads[name], state.attempts, now, probe)
        for state in free
        if (name := state.conversation_id) in leads
    ]


def _lead(integration: str, names: Sequence[str], token: uuid.UUID) -> dict[str, int]:
    """Take their events, those of claims that have expired too; the last of each conversation.

    By number: MariaDB and MySQL would wait for what a host's open transaction adds beside them.
    """
    rows = sql.fetch(
        "SELECT id, conversation_id FROM fin_bridge_event WHERE integration = %s"
        " AND kind = 'sync' AND state IN ('waiting', 'sending') AND conversation_id IN (%s)",
        integration,
        list(names),
    )
    taken = sum(
        sql.execute(
            "UPDATE fin_bridge_event SET state = 'sending', claim = %s"
            " WHERE id IN (%s) AND state IN ('waiting', 'sending')",
            token,
            [pk for pk, _ in rows[start : start + _BATCH]],
        )
        for start in range(0, len(rows), _BATCH)
    )
    if taken < len(rows):  # somebody has cancelled some of them just now
        rows = sql.fetch(
            "SELECT id, conversation_id FROM fin_bridge_event WHERE integration = %s"
            " AND kind = 'sync' AND state = 'sending' AND claim = %s AND conversation_id IN (%s)",
            integration,
            token,
            list(names),
        )
    return {name: pk for pk, name in sorted(rows)}


def _states(integration: str, ids: Sequence[str]) -> QuerySet[ConversationState]:
    return ConversationState.objects.filter(integration=integration, conversation_id__in=ids)


def _free(integration: str, ids: Sequence[str]) -> None:
    """Another drain has sent their events between our look and our claim."""
    if ids:
        _states(integration, ids).update(token=None, lease_until=None)


def _waiting(integration: str) -> QuerySet[Event]:
    return Event.objects.filter(
        integration=integration, kind=Event.Kind.SYNC, state=Event.State.WAITING
    )


def _defer(integration: str, ids: Sequence[str], now: datetime) -> None:
    """Those due that cannot go yet make room for others, until their gate opens."""
    if not ids:
        return
    due = _waiting(integration).filter(conversation_id__in=ids, due_at__lte=now)
    states = _states(integration, ids).filter(not_before__gt=now)
    # What came since the last failure is news: it waits out the backoff, but not for hours.
    news = list(due.filter(attempts=0).values_list("conversation_id", flat=True).distinct())
    soon = now + BACKOFF_OF_NEWS
    states.filter(conversation_id__in=news, not_before__gt=soon).update(not_before=soon)
    gates = dict(states.values_list("conversation_id", "not_before"))
    for moment in set(gates.values()):
        gated = [conversation for conversation, gate in gates.items() if gate == moment]
        due.filter(conversation_id__in=gated).update(due_at=moment)
    due.exclude(conversation_id__in=gates).update(due_at=now + conf.spacing)


def release(claims: Iterable[Claim]) -> None:
    """Give back what was claimed and not started."""
    by_token: dict[uuid.UUID, list[Claim]] = {}
    for one in claims:
        by_token.setdefault(one.token, []).append(one)
    for token, group in by_token.items():
        with transaction.atomic(using=database()):
            ours = [one.conversation_id for one in group]
            held = _states(group[0].integration, ours).filter(token=token)
            ids = list(held.select_for_update().values_list("conversation_id", flat=True))
            Event.objects.filter(
                claim=token,
                conversation_id__in=ids,
                kind=Event.Kind.SYNC,
                state=Event.State.SENDING,
                integration=group[0].integration,
            ).update(state=Event.State.WAITING, claim=None)
            held.update(token=None, lease_until=None)
