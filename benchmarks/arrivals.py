"""From the commit of a change to its arrival, with an idle worker, and nothing waited for.

`FIN_BRIDGE_SETTLE` is 0 here: the half second in which ours gathers changes by default is the
user's choice, not a cost. Then a burst: 100 changes of one conversation in one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from benchmarks import peers, world
from benchmarks.compare import Figure, Goal, in_turn
from benchmarks.contender import Contender
from benchmarks.servers import migrate, serving
from benchmarks.worker import Worker

TITLE = "From commit to arrival"
NOTES = """
Before its POST a drain makes nine short statements, two of them to open and end a transaction: the
integration's state and the clock, what is due, and the claim. That is some 2 ms of it, the rest is
what a task costs anybody: the commit, the broker, Celery's way to its process, and the POST.
django-webhook makes three statements, and opens a connection for them, since Celery closes it
around each task; ours is kept as long as CONN_MAX_AGE says, ten minutes here, and its socket says
whether it still works. All nine are written by hand, which made them several times as quick as the
ORM did; the claim's commit waits for no disk, and a new conversation's row comes with its claim.
What is left is a round trip each. For a burst, ours sends one hint and one POST, whatever its
size.
"""
PATIENCE = 20
IDLE = 0.1
"""Seconds before each change: a worker that has just been measured writes down what it did.

Without it the first and the last of a round were asked twice running, and so found none idle.
"""
BURST = 100


def saving() -> Callable[..., Any]:
    """Some replies in one transaction; the moment at which its commit begins."""
    from django.db import transaction

    from benchmarks.settings import WITH
    from helpdesk_demo.models import Reply

    if WITH == "webhook":
        from benchmarks import webhook

        webhook.subscribe()
    elif WITH == "plain":
        from benchmarks import tasks

        tasks.connect()

    def save(replies: int) -> float:
        [ticket] = world.tickets(1)
        with transaction.atomic():
            for _ in range(replies):
                Reply(ticket_id=ticket.pk, body="<p>It burns.</p>").save()
            commits = time.perf_counter()
        return commits  # noqa: RET504  # taken before the block ends, and with it the commit

    return save


class _Way:
    """One way from a commit to the receiver; `merges` says whether changes become one POST."""

    def __init__(self, receiver: Contender, saver: Contender, merges: bool) -> None:
        self._receiver, self._saver, self._merges = receiver, saver, merges

    def go(self, replies: int = 1) -> float:
        """Milliseconds until the last of the expected POSTs."""
        expected = 1 if self._merges else replies
        self._receiver.round(quiet=IDLE)
        self._receiver.round(expect=expected)
        committed = self._saver.round(replies=replies)
        arrivals = self._receiver.round(wait=PATIENCE)
        if len(arrivals) != expected:
            raise SystemExit(f"{len(arrivals)} arrived of {expected}.")
        return float((arrivals[-1] - committed) * 1000)

    def later(self) -> int:
        """How many POSTs the last change has led to when no more come."""
        return len(self._receiver.round(quiet=2.0))


def figures(quick: bool) -> Iterator[Figure]:
    """One change, and a hundred."""
    interpreter = peers.python()
    with serving("PostgreSQL", "Redis") as environment, ExitStack() as stack:
        ways = {}
        for name, kind in (
            ("straightforward", "plain"),
            ("django webhook", "webhook"),
            ("ours", "bridge"),
        ):
            python = {"python": interpreter} if kind == "webhook" else {}
            receiver = Contender("benchmarks.receiver:receiver", environment)
            stack.callback(receiver.stop)
            own = {
                **environment,
                "BENCH_WITH": kind,
                "BENCH_EVENTS_URL": receiver.round(),
                "BENCH_SETTINGS": '{"FIN_BRIDGE_SETTLE": 0}',
            }
            migrate(own, **python)
            saver = Contender("benchmarks.arrivals:saving", own, **python)
            stack.callback(saver.stop)
            stack.enter_context(Worker(own, "--concurrency=1", **python))
            ways[name] = _Way(receiver, saver, merges=kind == "bridge")
        rounds = {name: way.go for name, way in ways.items()}
        yield Figure(
            "commit to arrival, idle worker",
            "ms",
            in_turn(rounds, 10 if quick else 50, warmup=3),
            (Goal("ours", "django webhook", at_most=0.65),),
            "PostgreSQL, Redis",
        )
        yield Figure(
            f"the last arrival of {BURST} changes of one conversation in one transaction",
            "ms",
            in_turn(rounds, 2 if quick else 7, warmup=1, replies=BURST),
            (Goal("ours", "django webhook", at_most=0.06),),
            "PostgreSQL, Redis",
        )
        yield Figure(
            "POSTs that such a burst leads to",
            "",
            {"django webhook": [BURST], "ours": [ways["ours"].later()]},
            (Goal("ours", at_most=1),),
            "PostgreSQL, Redis",
        )
