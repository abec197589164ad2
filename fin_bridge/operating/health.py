"""The health view for monitors: whether deliveries are well, from the tables alone.

It is cheap enough to be asked every few seconds. Mount it as
`path("health/fin/", fin_bridge.operating.health.health)`. It is about Fin and the workers, so it
is not for a load balancer, which would take out the web servers because Fin is down. What takes
longer to find out, such as a broker, is asked by the command `fin_doctor`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..conf import conf
from ..database import clock
from ..events import breaker
from ..models import Event, IntegrationState, database

LATE: Final = timedelta(seconds=60)
"""Six sweeps: what is due for so long, or a sweep that is so long ago, is no chance."""

States = Mapping[str, Any]
"""These are the states by integration, each with `first_due`, when its oldest event was due."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A thing that was looked at: how it is, and what mends it; it holds no secret."""

    name: str
    is_well: bool
    said: str
    remedy: str = ""


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer GET with JSON, by three statements, with status 200 if all is well and 503 if not.

    The body is `{"status": "well" | "failing", "findings": [...]}`. Each finding has `name`,
    `is_well`, `said` and `remedy`, which is empty where nothing is to be done.
    """
    try:
        found = list(findings())
    except Error:
        found = [Finding("database", False, "The database does not answer.")]
    is_well = all(finding.is_well for finding in found)
    body = {
        "status": "well" if is_well else "failing",
        "findings": [asdict(finding) for finding in found],
    }
    return JsonResponse(body, status=200 if is_well else 503)


def findings() -> Iterator[Finding]:
    """Look at the sweep, the backlog, and each integration of the settings."""
    now = clock.now(database())
    first = _waiting(OuterRef("integration")).order_by("due_at").values("due_at")[:1]
    rows = IntegrationState.objects.filter(integration__in=conf.integrations)
    states = {state.integration: state for state in rows.annotate(first_due=Subquery(first))}
    yield _sweep(states, now)
    yield _backlog(states, now)
    for name in conf.integrations:
        yield _integration(name, states.get(name), now)


def _sweep(states: States, now: datetime) -> Finding:
    moments = [state.swept_at for state in states.values() if state.swept_at is not None]
    if moments and now - max(moments) <= LATE:
        return Finding("sweep", True, f"The last was {_ago(max(moments), now)}.")
    said = f"The last was {_ago(max(moments), now)}." if moments else "There was none yet."
    remedy = "Run a worker and beat with fin_bridge.schedule.BEAT_SCHEDULE, or deliver_events."
    return Finding("sweep", False, said, remedy)


def _backlog(states: States, now: datetime) -> Finding:
    """Look at integrations that send as fast as they can; others have findings of their own."""
    quick = [
        state for state in states.values() if not (state.recovering or breaker.is_shut(state, now))
    ]
    unrouted = _waiting("").aggregate(due=Min("due_at"))["due"]
    firsts = (unrouted, *(state.first_due for state in quick))
    due = [moment for moment in firsts if moment is not None]
    oldest = min(due, default=now)
    if now - oldest <= LATE:
        return Finding("backlog", True, "Nothing that is due waits for long.")
    said = f"The oldest event that waits was due {_ago(oldest, now)}."
    return Finding("backlog", False, said, "Look at the workers' log; run deliver_events.")


def _waiting(integration: str | OuterRef) -> QuerySet[Event]:
    return Event.objects.syncs().waiting().filter(integration=integration)


def _integration(name: str, state: IntegrationState | None, now: datetime) -> Finding:
    name = f"integration {name}"
    if state is None or not breaker.is_shut(state, now):
        return Finding(name, True, "Events are sent.")
    if state.paused_at is not None:
        said = f"An operator paused it {_ago(state.paused_at, now)}; changes are kept."
        return Finding(name, True, said)
    if state.blocked:
        reason, remedy = _BLOCKS[breaker.Block(state.blocked)]
        since = "" if state.blocked_at is None else f", since {_ago(state.blocked_at, now)}"
        return Finding(name, False, f"{reason}{since}. Only probes are sent.", remedy)
    return Finding(name, True, "Fin has asked to wait; changes are kept.")


_BLOCKS: Final = {
    breaker.Block.UNAVAILABLE: (
        "Fin cannot be reached, is not well, or something in front of it answers in its place",
        "Nothing is lost. See the attempts in the admin for what came back.",
    ),
    breaker.Block.UNAUTHORIZED: (
        "Fin refuses the webhook key",
        "Compare WEBHOOK_KEYS with Fin's deployment page.",
    ),
    breaker.Block.NOT_FOUND: (
        "Fin knows none of the conversations",
        "Compare ID and REGION with Fin's deployment page.",
    ),
}


def _ago(moment: datetime, now: datetime) -> str:
    return f"{max(0, round((now - moment).total_seconds()))} s ago"
