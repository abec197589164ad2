"""Retention: how long settled events, their attempts and Fin's calls stay in the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from ..conf import conf
from ..models import Event, FinCall

TYPING_RETENTION: Final = timedelta(days=1)
BATCH: Final = 5000


def prune(now: datetime) -> None:
    """Delete what is older than `FIN_BRIDGE_RETENTION_DAYS`, a batch at a time.

    Attempts go with their events. Typing notices go after a day at the latest.
    """
    events = Event.objects.filter(
        _settled_before(now - conf.retention, Event.Kind.SYNC)
        | _settled_before(now - min(conf.retention, TYPING_RETENTION), Event.Kind.TYPING)
    )
    Event.objects.filter(pk__in=list(events.values_list("pk", flat=True)[:BATCH])).delete()
    calls = FinCall.objects.filter(at__lt=now - conf.retention).values_list("pk", flat=True)
    FinCall.objects.filter(pk__in=list(calls[:BATCH])).delete()


def _settled_before(moment: datetime, kind: str) -> Q:
    # It was made before that too, and for this there is an index.
    return Q(kind=kind, created_at__lt=moment, settled_at__lt=moment)
