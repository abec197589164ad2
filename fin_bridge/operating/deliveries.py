"""What an operator may do to deliveries: send again, cancel, pause, resume.

The admin and the commands call these functions, so a click does what a line in a shell does.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import ExpressionWrapper, F, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from ..conf import conf
from ..database import clock
from ..database.clock import InstantField, Now
from ..database.orm import insert_from
from ..events import hints
from ..models import ConversationState, Event, IntegrationState, database

logger = logging.getLogger("fin_bridge")

CHUNK = 10_000

Row = tuple[int, str, str]
"""A row holds the key, the integration and the conversation of an event."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of events, and of their conversations, each of which is told to Fin once."""

    events: int = 0
    conversations: int = 0


def tally(events: QuerySet[Event]) -> Tally:
    """Count what `resend` would do with these events (two statements)."""
    syncs = events.filter(kind=Event.Kind.SYNC).order_by()
    conversations = syncs.values("integration", "conversation_id").distinct()
    return Tally(syncs.count(), conversations.count())


def resend(events: QuerySet[Event], by: str = "") -> Tally:
    """Tell Fin again, at once: one new waiting event for each conversation, linked to its newest.

    A sync says *that* a conversation changed, so one serves for all of a conversation. Typing
    notices are never sent again. No event may be in `events` twice, as by a join to attempts.
    """
    return [Tally(), *resending(events, by)][-1]


def resending(events: QuerySet[Event], by: str = "", rate: float | None = None) -> Iterator[Tally]:
    """Do what `resend` does chunk by chunk, and tell after each what has been done so far.

    Each chunk is committed by itself: an interruption costs nothing, and doing it twice does no
    harm. With a `rate`, no more than so many conversations a second become due.
    """
    looked_at, made, told = 0, 0, set[tuple[str, str]]()
    syncs = events.filter(kind=Event.Kind.SYNC).order_by()
    cause = f"sent again by {by}" if by else "sent again"
    for chunk in _chunks(syncs):
        span = syncs.filter(pk__gte=chunk[-1][0], pk__lte=chunk[0][0])
        if newest := _newest(chunk, told):
            with transaction.atomic(using=database()):
                made += _insert(_narrowed(span, chunk, newest), cause, rate, made)
                _lift_backoff(span, {integration for _, integration, _ in chunk})
        looked_at += len(chunk)
        yield Tally(looked_at, made)
    logger.info("%d events were sent again by %s.", made, by or "somebody")


def _chunks(events: QuerySet[Event]) -> Iterator[list[Row]]:
    """Give the events newest first, so what is inserted in between does not turn up."""
    rows = events.order_by("-pk").values_list("pk", "integration", "conversation_id")
    chunk = list(rows[:CHUNK])
    while chunk:
        yield chunk
        chunk = list(rows.filter(pk__lt=chunk[-1][0])[:CHUNK])


def _newest(chunk: Iterable[Row], told: set[tuple[str, str]]) -> set[int]:
    """Return the newest event of each conversation that is not in `told`, and add them to it."""
    newest = set()
    for pk, integration, conversation_id in chunk:
        conversation = (integration, conversation_id)
        if conversation not in told:
            told.add(conversation)
            newest.add(pk)
    return newest


def _narrowed(
    span: QuerySet[Event], chunk: Collection[Row], newest: Collection[int]
) -> QuerySet[Event]:
    """Narrow a span to the newest of each conversation, by the shorter list of keys.

    A key that is bound costs as much as a row.
    """
    if len(newest) * 2 < len(chunk):
        return span.filter(pk__in=newest)
    return span.exclude(pk__in=[pk for pk, *_ in chunk if pk not in newest])


def _insert(originals: QuerySet[Event], cause: str, rate: float | None, before: int) -> int:
    """Add a new event for each, after `before` others of this call; return their number."""
    transaction.on_commit(hints.after_commit, using=database(), robust=True)
    now = Value(clock.now(database()), InstantField())  # to read it for each row takes a tenth
    return insert_from(
        originals.order_by("-pk"),
        {
            "integration": F("integration"),
            "conversation_id": F("conversation_id"),
            "kind": Value(Event.Kind.SYNC.value),
            "state": Value(Event.State.WAITING.value),
            "cause": Value(cause[:200]),
            "reaction": Value(False),
            "created_at": now,
            "due_at": now if rate is None else _in_turn(now, rate, before),
            "attempts": Value(0),
            "detail": Value(""),
            "resend_of": F("pk"),
        },
    )


def _in_turn(now: Value, rate: float, before: int) -> Any:
    """Have them become due one after the other, after the `before` that were made already."""
    place = Window(RowNumber(), order_by="-pk") + before - 1
    return ExpressionWrapper(now + place * round(1_000_000 / rate), InstantField())


def _lift_backoff(events: QuerySet[Event], integrations: Collection[str]) -> None:
    """End the backoff of their conversations; the spacing of POSTs stays."""
    backed_off = ConversationState.objects.filter(not_before__gt=Now(ahead=conf.spacing))
    # Named first: MariaDB goes through all there are to update those of a subquery.
    waiting = backed_off.filter(
        conversation_id__in=events.values("conversation_id"), integration__in=integrations
    )
    if pks := list(waiting.values_list("pk", flat=True)):
        backed_off.filter(pk__in=pks).update(not_before=None)


def cancel(events: QuerySet[Event], by: str) -> int:
    """Give up the events that wait, and note by whom; return their number.

    An event that is being sent is not touched.
    """
    cancelled = 0
    for chunk in _chunks(events.filter(state=Event.State.WAITING)):
        # Compare-and-set: a worker may have claimed some of them since they were listed.
        waiting = Event.objects.waiting().filter(pk__in=[pk for pk, *_ in chunk])
        cancelled += waiting.update(
            state=Event.State.CANCELLED, settled_at=Now(), detail=f"cancelled by {by}"[:500]
        )
    logger.info("%d events were cancelled by %s.", cancelled, by)
    return cancelled


def pause(states: QuerySet[IntegrationState]) -> int:
    """Send nothing for these integrations until they are resumed.

    Returns how many were not paused yet.
    """
    return states.filter(paused_at=None).update(paused_at=Now())


def resume(states: QuerySet[IntegrationState]) -> int:
    """Send again for these integrations; where only probes are sent, the next one goes now.

    Returns the number of integrations. What Fin itself asked to wait for (`gate_until`) stays.
    """
    resumed = states.update(paused_at=None, probes=0, probe_at=None)
    transaction.on_commit(hints.after_commit, using=database(), robust=True)
    return resumed
