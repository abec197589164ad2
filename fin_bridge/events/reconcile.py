"""Reconcile: what no signal tells is found by comparing with what Fin was last shown.

No signal tells of `.update()`, `bulk_create`, raw SQL, rows that another service writes, and the
process that was killed between a save in autocommit and its event. Comparing timestamps would not
do: `.update()` moves none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any, Final

from django.db import Error
from django.db.models import F, Q, QuerySet

from ..database.clock import to_microseconds
from ..helpdesk import Helpdesk, Path, current
from ..helpdesk.django import datetimes
from ..helpdesk.reading import end_users
from ..helpdesk.reading.end_users import Values
from ..helpdesk.reading.snapshot import extent, is_known, snapshot
from ..helpdesk.reading.unread import readable_again
from ..helpdesk.scope import fins
from ..models import ConversationState, Event, IntegrationState
from . import outbox

INTERVAL: Final = timedelta(minutes=5)
ACTIVE: Final = timedelta(days=7)
"""Conversations are compared that are open, or that something has happened to in this time."""

GRACE: Final = timedelta(minutes=1)
"""The event of a conversation that is no older than this may be under way."""

BATCH: Final = 200

logger = logging.getLogger("fin_bridge")


def reconcile(now: datetime) -> int:
    """Record an event for each conversation that Fin knows otherwise; return their number.

    It is done at most once in five minutes, by whichever process is first.
    """
    due = Q(reconciled_at=None) | Q(reconciled_at__lte=now - INTERVAL)
    before = IntegrationState.objects.filter(due).order_by("reconciled_at").first()
    if before is None or not IntegrationState.objects.filter(due).update(reconciled_at=now):
        return 0
    return find_missing(before.reconciled_at or now, now)


def find_missing(since: datetime, now: datetime) -> int:
    """Record an event for each conversation that Fin knows otherwise; return their number.

    Conversations that Fin has never seen count if they were made after `since`.
    """
    desk = current()
    readable = ((name, "a message can be read again") for name in readable_again(desk))
    unannounced = _unannounced(desk, since - INTERVAL, now - GRACE)
    found = chain(_changed(desk, now), unannounced, readable)
    number = 0
    for conversation_id, cause in found:
        outbox.record(conversation_id, cause)
        number += 1
    return number


def _changed(desk: Helpdesk, now: datetime) -> Iterator[tuple[str, str]]:
    """Find conversations that Fin knows otherwise, each with a cause."""
    states = _compared(now)
    last = 0
    while batch := list(states.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        objects = desk.conversations.in_bulk(state.conversation_id for state in batch)
        written = _written(batch)
        for state in batch:
            obj = objects.get(state.conversation_id)
            if cause := _difference(desk, state, obj, written.get(_customer(state), {})):
                yield state.conversation_id, cause


def _written(states: Iterable[ConversationState]) -> Mapping[tuple[str, str], Values]:
    """Load what Fin itself has written of the customers of these conversations."""
    customers: dict[str, set[str]] = {}
    for state in states:
        integration, user_id = _customer(state)
        customers.setdefault(integration, set()).add(user_id)
    return {
        (integration, user_id): values
        for integration, user_ids in customers.items()
        for user_id, values in end_users.written_of(integration, user_ids).items()
    }


def _customer(state: ConversationState) -> tuple[str, str]:
    return state.integration, state.shown.get("user", {}).get("id", "")


def _difference(desk: Helpdesk, state: ConversationState, obj: Any | None, written: Values) -> str:
    """Say how a conversation differs from what Fin knows; "" if it does not.

    A conversation at which the description fails hides no other.
    """
    if obj is None:
        ConversationState.objects.filter(pk=state.pk).update(shown={}, extent={})
        return "gone without a signal"
    try:
        cause = _compared_with(state, desk, obj, written)
        return cause if cause and fins(desk, {state.conversation_id: obj}) else ""
    except Error:
        raise
    except Exception:
        logger.exception("Conversation %s cannot be compared.", state.conversation_id)
        return ""


def _compared_with(state: ConversationState, desk: Helpdesk, obj: Any, written: Values) -> str:
    now = snapshot(desk.conversations.record(obj))
    if not is_known(now, state.shown, state.shown_at, written):
        return "changed without a signal"
    return "messages changed without a signal" if extent(desk, obj) != state.extent else ""


def _compared(now: datetime) -> QuerySet[ConversationState]:
    """Leave out those of which Fin will hear anyway, or has heard and has yet to pull."""
    recent = to_microseconds(now - ACTIVE)
    busy = Event.objects.unsettled().values("conversation_id")
    states = ConversationState.objects.known_to_fin().filter(
        Q(shown__status="open") | Q(pulled_at__gte=recent) | Q(posted_at__gte=recent),
        Q(posted_at=None) | Q(pulled_at__gt=F("posted_at")),
    )
    return states.exclude(shown={}).exclude(conversation_id__in=busy)


def _unannounced(desk: Helpdesk, since: datetime, until: datetime) -> Iterator[tuple[str, str]]:
    """Find those made in this time of which there is neither an event nor a state."""
    created = desk.conversations.fields.get("created_at")
    if not isinstance(created, Path):
        return
    between = {
        f"{created.lookup}__gte": datetimes.stored(since),
        f"{created.lookup}__lt": datetimes.stored(until),
    }
    rows = desk.conversations.loading().filter(**between).order_by("pk")
    remaining = rows.iterator(BATCH)
    while batch := list(islice(remaining, BATCH)):
        yield from _strangers(desk, {desk.conversations.id_of(row): row for row in batch})


def _strangers(desk: Helpdesk, objects: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    names = fins(desk, objects)
    recorded = set(_ids(Event.objects.filter(conversation_id__in=names)))
    recorded |= set(_ids(ConversationState.objects.filter(conversation_id__in=names)))
    for name in names:
        if name not in recorded:
            yield name, "made without a signal"


def _ids(rows: QuerySet[Event] | QuerySet[ConversationState]) -> Iterator[str]:
    return rows.values_list("conversation_id", flat=True).iterator()
