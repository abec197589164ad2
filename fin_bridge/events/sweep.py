"""The sweep: what hints and drains may miss is found from the tables, every ten seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import Error, transaction
from django.db.models import F, Q

from ..conf import conf
from ..database import clock
from ..database.clock import Now
from ..helpdesk.resubmitting import resubmit
from ..models import Attempt, ConversationState, Event, FinCall, IntegrationState, database
from ..operating import handover_watch
from ..schedule import SWEEP_INTERVAL
from . import breaker, drain
from .reconcile import reconcile
from .retry import Outcome
from .routing import route
from .settling import REMINDER

logger = logging.getLogger("fin_bridge")

INTERVAL: Final = timedelta(seconds=SWEEP_INTERVAL)
REMINDERS: Final = (timedelta(minutes=7), timedelta(minutes=53))
"""Fin has accepted an event and not pulled: told again after 7 minutes, and after 60."""

TYPING_KEPT: Final = timedelta(days=1)
BATCH: Final = 5000


def sweep() -> float | None:
    """All of it, then a drain; seconds until there is something to do again.

    Several processes may sweep; one in ten seconds does.
    """
    now = clock.now(database())
    if _is_mine(now):
        for chore in (
            take_over,
            remind,
            cancel_orphans,
            prune,
            resubmit,
            reconcile,
            handover_watch.watch,
        ):
            _do(chore, now)
    route()  # what was recorded under other settings too, which a drain need not look for
    return drain.drain()


def _do(chore: Callable[[datetime], Any], now: datetime) -> None:
    """Some ask the helpdesk's own code, which may raise: that keeps nothing from being sent."""
    try:
        chore(now)
    except Error:
        raise
    except Exception:
        logger.exception("A part of the sweep failed.")


def is_overdue() -> bool:
    """Whether nobody has swept for a while: then any worker does."""
    return not IntegrationState.objects.filter(swept_at__gt=Now(ahead=-INTERVAL)).exists()


def _is_mine(now: datetime) -> bool:
    """Compare-and-set; half an interval of grace, since schedules are not exact."""
    stale = Q(swept_at=None) | Q(swept_at__lte=now - INTERVAL / 2)
    for name in conf.integrations:
        breaker.state_of(name)
    return bool(IntegrationState.objects.filter(stale).update(swept_at=now))


def take_over(now: datetime) -> None:
    """Events whose worker died are due again; what it may have sent counts as no attempt."""
    with transaction.atomic(using=database()):
        # By what is being sent, which is little: a lease that has nothing is no longer in the way.
        sending = Event.objects.filter(state=Event.State.SENDING).values("conversation_id")
        expired = ConversationState.objects.select_for_update().filter(
            lease_until__lte=now, conversation_id__in=sending
        )
        states = list(expired.order_by("pk")[:BATCH])
        tokens = {state.token for state in states}
        events = Event.objects.filter(claim__in=tokens, state=Event.State.SENDING)
        leads = {(event.claim, event.conversation_id): event for event in events.order_by("pk")}
        Attempt.objects.bulk_create([_lost(event, now) for event in leads.values()])
        events.update(
            state=Event.State.WAITING, claim=None, due_at=now, detail="Its worker ended."
        )
        ConversationState.objects.filter(pk__in=[state.pk for state in states]).update(
            token=None, lease_until=None
        )


def _lost(event: Event, now: datetime) -> Attempt:
    return Attempt(
        event=event,
        integration=event.integration,
        conversation_id=event.conversation_id,
        started_at=now - conf.lease,
        outcome=Outcome.LOST.value,
        answer="The worker that had claimed it ended before it could say whether it was sent.",
    )


def remind(now: datetime) -> None:
    """A 204 is not the end: Fin still has to pull, and did not."""
    unpulled = ConversationState.objects.filter(
        Q(pulled_at=None) | Q(pulled_at__lt=F("posted_at")), known_at__isnull=False
    )
    for number, wait in enumerate(REMINDERS):
        late = list(unpulled.filter(reminders=number, posted_at__lte=now - wait)[:BATCH])
        with transaction.atomic(using=database()):
            Event.objects.bulk_create(
                Event(
                    integration=state.integration,
                    conversation_id=state.conversation_id,
                    cause=REMINDER,
                    created_at=now,
                    due_at=now,
                )
                for state in late
            )
            ConversationState.objects.filter(pk__in=[state.pk for state in late]).update(
                reminders=number + 1
            )


def cancel_orphans(now: datetime) -> None:
    """What waits for an integration that the settings no longer name."""
    orphans = Event.objects.filter(state=Event.State.WAITING).exclude(
        integration__in=["", *conf.integrations]
    )
    orphans.update(state=Event.State.CANCELLED, settled_at=now, detail="The integration is gone.")


def prune(now: datetime) -> None:
    """Forget what is older than the retention, a batch at a time so that nobody waits."""
    events = Event.objects.filter(
        _settled_before(now - conf.retention, Event.Kind.SYNC)
        | _settled_before(now - min(conf.retention, TYPING_KEPT), Event.Kind.TYPING)
    )
    Event.objects.filter(pk__in=list(events.values_list("pk", flat=True)[:BATCH])).delete()
    calls = FinCall.objects.filter(at__lt=now - conf.retention).values_list("pk", flat=True)
    FinCall.objects.filter(pk__in=list(calls[:BATCH])).delete()


def _settled_before(moment: datetime, kind: str) -> Q:
    """It was made before that too, and for this there is an index."""
    return Q(kind=kind, created_at__lt=moment, settled_at__lt=moment)
