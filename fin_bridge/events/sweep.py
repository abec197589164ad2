"""The sweep: what hints and drains may miss is found from the tables, every ten seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import Error, transaction
from django.db.models import Q

from ..conf import conf
from ..database import clock
from ..database.clock import Now
from ..helpdesk.refused_messages import resubmit
from ..models import Attempt, ConversationState, Event, IntegrationState, database
from ..operating import handover_watch
from ..schedule import SWEEP_INTERVAL
from . import breaker, drain
from .reconcile import reconcile
from .reminders import remind
from .retention import prune
from .retry import Outcome
from .routing import route

logger = logging.getLogger("fin_bridge")

INTERVAL: Final = timedelta(seconds=SWEEP_INTERVAL)
BATCH: Final = 5000


def sweep() -> float | None:
    """Do all chores and then drain; return the seconds until there is something to do again.

    Several processes may call it; one in ten seconds does the chores.
    """
    now = clock.now(database())
    if _is_first(now):
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
    """Do a chore; where the helpdesk's own code raises, that keeps nothing from being sent."""
    try:
        chore(now)
    except Error:
        raise
    except Exception:
        logger.exception("A part of the sweep failed.")


def is_overdue() -> bool:
    """Return whether nobody has swept for a while, so any worker should."""
    return not IntegrationState.objects.filter(swept_at__gt=Now(ahead=-INTERVAL)).exists()


def _is_first(now: datetime) -> bool:
    """Return whether this process is the one to sweep (compare-and-set).

    Half an interval is enough, since schedules are not exact.
    """
    stale = Q(swept_at=None) | Q(swept_at__lte=now - INTERVAL / 2)
    for name in conf.integrations:
        breaker.read(name)  # makes the row
    return bool(IntegrationState.objects.filter(stale).update(swept_at=now))


def take_over(now: datetime) -> None:
    """Have events wait again whose worker died; what it may have sent counts as no attempt."""
    with transaction.atomic(using=database()):
        # By what is being sent, which is little: a lease that has nothing is no longer in the way.
        sending = Event.objects.sending().values("conversation_id")
        expired = ConversationState.objects.select_for_update().filter(
            lease_until__lte=now, conversation_id__in=sending
        )
        states = list(expired.order_by("pk")[:BATCH])
        events = Event.objects.claimed_by({state.token for state in states if state.token})
        leads = {(event.claim, event.conversation_id): event for event in events.order_by("pk")}
        Attempt.objects.bulk_create([_lost(event, now) for event in leads.values()])
        events.update(
            state=Event.State.WAITING, claim=None, due_at=now, detail="Its worker ended."
        )
        ConversationState.objects.filter(pk__in=[state.pk for state in states]).end_leases()


def _lost(event: Event, now: datetime) -> Attempt:
    return Attempt(
        event=event,
        integration=event.integration,
        conversation_id=event.conversation_id,
        started_at=now - conf.lease,
        outcome=Outcome.LOST.value,
        answer="The worker that had claimed it ended before it could say whether it was sent.",
    )


def cancel_orphans(now: datetime) -> None:
    """Cancel what waits for an integration that the settings no longer name."""
    orphans = Event.objects.waiting().exclude(integration__in=["", *conf.integrations])
    orphans.update(state=Event.State.CANCELLED, settled_at=now, detail="The integration is gone.")
