"""`resend_events` after a disaster: 100,000 failed events, each of another conversation.

The floor is one UPDATE that makes all of them wait again, and forgets what has been; ours makes a
new event for each, linked to the old one. *A task per row* is what one writes oneself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from io import StringIO

from benchmarks.compare import Figure, Goal, Ring, in_turn
from benchmarks.contender import Contender
from benchmarks.servers import migrate, serving

TITLE = "Sending again"
NOTES = """
Ours copies rows inside the database, ten thousand a transaction, so that it can be interrupted and
says how far it is. Of some ten microseconds that an event takes, seven are the INSERT: two for the
row, one for each of five indexes; the UPDATE writes as many. Two are Python's, which reads whose
each event is, so that a conversation is told once. What was saved: keys are bound only where a
conversation has several events (seven microseconds each), no foreign key of the link to the old
event is checked, which took four and locked the old row (the ORM clears the link when that is
pruned), and the clock is read once a transaction.
"""
Round = Callable[[int], float]


def _fill(events: int) -> None:
    """Nothing but so many failed events, and what the planner wants to know of them."""
    from django.db import connection

    from benchmarks.admin import numbers
    from fin_bridge.models import Event

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE fin_bridge_event, fin_bridge_attempt")
        cursor.execute(
            "INSERT INTO fin_bridge_event (integration, conversation_id, kind, state, cause,"
            " reaction, created_at, due_at, attempts, settled_at, detail) "
            "SELECT 'default', CAST(n AS CHAR(12)), 'sync', 'failed', 'a reply', false,"
            f" n + 0, n + 1, 1, n + 2, '' FROM {numbers(events)}"
        )
        cursor.execute("VACUUM ANALYZE fin_bridge_event")
    assert Event.objects.count() == events


def update() -> Round:
    """One statement."""
    from fin_bridge.models import Event

    def resend(events: int) -> float:
        _fill(events)
        started = time.perf_counter()
        Event.objects.filter(state=Event.State.FAILED).update(state=Event.State.WAITING)
        return events / (time.perf_counter() - started)

    return resend


def tasks() -> Round:
    """A task per row, for as many as can be waited for."""
    from benchmarks.tasks import post
    from fin_bridge.models import Event

    def resend(events: int) -> float:
        few = events // 50
        _fill(few)
        started = time.perf_counter()
        for event in Event.objects.filter(state=Event.State.FAILED).iterator():
            post.delay(event.conversation_id)
        return few / (time.perf_counter() - started)

    return resend


def ours() -> Round:
    """The command itself."""
    from django.core.management import call_command

    from fin_bridge.models import Event

    def resend(events: int) -> float:
        _fill(events)
        started = time.perf_counter()
        call_command("resend_events", state=["failed"], stdout=StringIO())
        seconds = time.perf_counter() - started
        assert Event.objects.filter(state=Event.State.WAITING).count() == events
        return events / seconds

    return resend


def figures(quick: bool) -> Iterator[Figure]:
    """PostgreSQL, Redis."""
    with serving("PostgreSQL", "Redis") as environment:
        migrate(environment)
        contenders = Ring(
            one_UPDATE=Contender("benchmarks.resends:update", environment),
            a_task_per_row=Contender("benchmarks.resends:tasks", environment),
            ours=Contender("benchmarks.resends:ours", environment),
        )
        with contenders as rounds:
            yield Figure(
                "resend_events, events scheduled",
                "1/s",
                in_turn(rounds, 2 if quick else 5, warmup=0, events=10_000 if quick else 100_000),
                (Goal("ours", "a task per row", at_least=50),),
                "PostgreSQL, Redis",
            )
