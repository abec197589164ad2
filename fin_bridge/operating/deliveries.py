"""What an operator may do to deliveries: send again, cancel, pause, resume.

The admin and the commands call these functions, so that a click and a line in a shell do the same.
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
"""Key, integration and conversation of an event."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How many events, and of how many conversations: each of these is told to Fin once."""

    events: int = 0
    conversations: int = 0


def extent(events: QuerySet[Event]) -> Extent:
    """What `resend` of them would do (two statements)."""
    syncs = events.filter(kind=Event.Kind.SYNC).order_by()
    conversations = syncs.values("integration", "conversation_id").distinct()
    return Extent(syncs.count(), conversations.count())


def resend(events: QuerySet[Event], by: str = "") -> Extent:
    """Tell Fin again, at once: one new waiting event for each conversation, linked to its newest.

    A sync says *that* a conversation changed, so that one serves all of a conversation's. Typing
    notices are never sent again. `events` holds none twice, as a join to attempts would.
    """
    return [Extent(), *resending(events, by)][-1]


def resending(
    events: QuerySet[Event], by: str = "", rate: float | None = None
) -> Iterator[Extent]:
    """The same, by and by: what has been done after each chunk.

    Each is committed by itself: an interruption costs nothing, and doing it twice does no harm.
    With a `rate`, no more than so many conversations a second become due.
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
        yield Extent(looked_at, made)
    logger.info("%d events were sent again by %s.", made, by or "somebody")


def _chunks(events: QuerySet[Event]) -> Iterator[list[Row]]:
    """Newest first, so that what is inserted meanwhile is not come upon."""
    rows = events.order_by("-pk").values_list("pk", "integration", "conversation_id")
    chunk = list(rows[:CHUNK])
    while chunk:
        yield chunk
        chunk = list(rows.filter(pk__lt=chunk[-1][0])[:CHUNK])


def _newest(chunk: Iterable[Row], told: set[tuple[str, str]]) -> set[int]:
    """The key of the newest of each conversation that has not been told; now they have been."""
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
    """To the newest of each, by the shorter list: a key that is bound costs as much as a row."""
    if len(newest) * 2 < len(chunk):
        return span.filter(pk__in=newest)
    return span.exclude(pk__in=[pk for pk, *_ in chunk if pk not in newest])


def _insert(originals: QuerySet[Event], cause: str, rate: float | None, before: int) -> int:
    """A new event beside each; how many. `before` were made before by the same call."""
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
    """When each is due: one after the other, after as many as there were before."""
    place = Window(RowNumber(), order_by="-pk") + before - 1
    return ExpressionWrapper(now + place * round(1_000_000 / rate), InstantField())


def _lift_backoff(events: QuerySet[Event], integrations: Collection[str]) -> None:
    """Their conversations need not wait any longer; the spacing of POSTs stays."""
    backed_off = ConversationState.objects.filter(not_before__gt=Now(ahead=conf.spacing))
    # Named first: MariaDB goes through all there are to update those of a subquery.
    theirs = backed_off.filter(
        conversation_id__in=events.values("conversation_id"), integration__in=integrations
    )
    if pks := list(theirs.values_list("pk", flat=True)):
        backed_off.filter(pk__in=pks).update(not_before=None)


def cancel(events: QuerySet[Event], by: str) -> int:
    """Give up those that wait, and say by whom; how many. One being sent is not touched."""
    cancelled = 0
    for chunk in _chunks(events.filter(state=Event.State.WAITING)):
        # Compare-and-set: a worker may have claimed some of them since they were listed.
        waiting = Event.objects.filter(pk__in=[pk for pk, *_ in chunk], state=Event.State.WAITING)
        cancelled += waiting.update(
            state=Event.State.CANCELLED, settled_at=Now(), detail=f"cancelled by {by}"[:500]
        )
    logger.info("%d events were cancelled by %s.", cancelled, by)
    return cancelled


def pause(states: QuerySet[IntegrationState]) -> int:
    """Send nothing for these integrations until they are resumed; how many were not paused yet."""
    return states.filter(paused_at=None).update(paused_at=Now())


def resume(states: QuerySet[IntegrationState]) -> int:
    """Send again; where only probes are sent, the next one goes now. How many integrations.

    What Fin itself asked to wait for (`gate_until`) stays.
    """
    resumed = states.update(paused_at=None, probes=0, probe_at=None)
    transaction.on_commit(hints.after_commit, using=database(), robust=True)
    return resumed
