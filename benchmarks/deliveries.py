"""Delivery: from a backlog to a receiver, by Celery workers.

A round writes a backlog of changes of different conversations, starts the worker, and takes the
rate from the first arrival to the last. The floor is a loop of one `requests.Session` that signs
and posts. Ours claims, signs, posts, and writes the attempt; django-webhook writes a row before
each POST and updates it after; *straightforward* writes none.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks import peers, world
from benchmarks.compare import Figure, Goal, Round, in_turn
from benchmarks.contender import Contender
from benchmarks.servers import migrate, serving
from benchmarks.worker import Worker

TITLE = "Delivery"
NOTES = """
Of the processor's time for one delivery half is the POST, in the sending threads: in a thread of
its own it takes ours half of what the loop spends on one, since each address is prepared once and
requests go straight to their adapter. The rest is the database's: some twenty statements for fifty
conversations, the attempt's row, and the row that a conversation gets with its first claim. All of
it is Python under one lock, which changes hands some twenty times a POST, so more threads do not
help against a receiver that answers at once: ten send 0.7 of the loop, where two would send 0.9. A
real Fin takes its time, so all of the setting's threads send from the start (decision 15).

Two things that a trace showed were half of a worker's time once: threads that had nothing to send
while fifty answers were written down, since more was claimed only afterwards, and psycopg, which
looks for the place of each value by a regular expression; numbers and constants are written out
now. What is left is the end of each drain, every two seconds, and the sweep of a first one.

Batches were small before that, since what has been answered and is not written down is sent again
if the process is killed: a statement for each POST, and Django's `Case` with a millisecond for
three of its arms. Answers are gathered, but only amid a backlog. Two drains of one backlog used to
claim the same rows, and one of them went away with nothing; it takes those behind them.

With a receiver that takes its time the threads are what counts: as many POSTs are under way as the
setting says. What is missing is the end of each drain, when the last ones come back and none
begin, and the first of a process, when fifty connections are made.
"""
PATIENCE = 180
"""Seconds for a round."""

SLOW = 0.1
"""Seconds that the slow receiver takes for an answer."""


def loop() -> Callable[..., Any]:
    """One connection, one POST after the other, and nothing written down."""
    import requests

    from benchmarks.settings import EVENTS_URL
    from fin_bridge.signing import event_headers

    session = requests.Session()

    def post(count: int) -> None:
        for number in range(count):
            body = json.dumps({"conversation_id": str(number)}).encode()
            headers = event_headers("webhook-key", int(time.time()), body)
            session.post(
                EVENTS_URL,
                data=body,
                headers={"Content-Type": "application/json", **headers},
                timeout=10,
            ).raise_for_status()

    return post


def straightforward() -> Callable[..., Any]:
    """A task for each change."""
    from benchmarks import tasks

    def publish(count: int) -> None:
        for number in range(count):
            tasks.post.delay(str(number))

    return publish


def peer() -> Callable[..., Any]:
    """A reply for each change."""
    from benchmarks import webhook
    from helpdesk_demo.models import Reply

    webhook.subscribe()
    [ticket] = world.tickets(1)

    def save(count: int) -> None:
        for _ in range(count):
            Reply(ticket_id=ticket.pk, body="<p>It burns.</p>").save()

    return save


def ours() -> Callable[..., Any]:
    """An event for each conversation, and as many hints as there are processes."""
    from fin_bridge import tasks
    from fin_bridge.database.clock import Now
    from fin_bridge.models import Event

    def record(count: int, hints: int = 1) -> None:
        Event.objects.bulk_create(
            [
                Event(
                    integration="default",
                    conversation_id=str(ticket.pk),
                    cause="a reply",
                    created_at=Now(),
                    due_at=Now(),
                )
                for ticket in world.tickets(count)
            ],
            batch_size=1000,
        )
        for _ in range(hints):
            tasks.hint(0)

    return record


def _rate(arrivals: list[float]) -> float:
    return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0])


class Stage:
    """The receiver, what fills the backlogs, and the workers that empty them."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.receiver = Contender("benchmarks.receiver:receiver", environment)
        url = self.receiver.round()
        self._python = peers.python()
        bridge = {**environment, "BENCH_EVENTS_URL": url}
        plain = {**bridge, "BENCH_WITH": "plain"}
        webhook = {**bridge, "BENCH_WITH": "webhook"}
        migrate(bridge)
        migrate(webhook, self._python)
        self._environments = {"straightforward": plain, "peer": webhook, "ours": bridge}
        self._fillers = {
            "loop": Contender("benchmarks.deliveries:loop", bridge),
            "straightforward": Contender("benchmarks.deliveries:straightforward", plain),
            "peer": Contender("benchmarks.deliveries:peer", webhook, self._python),
            "ours": Contender("benchmarks.deliveries:ours", bridge),
        }

    def loop(self, count: int) -> float:
        """The floor: POSTs a second."""
        self.receiver.round(expect=count)
        self._fillers["loop"].round(count=count)
        return self._all(count)

    def worker(
        self,
        name: str,
        count: int,
        options: list[str],
        delay: float = 0.0,
        settings: str = "{}",
        **orders: int,
    ) -> float:
        """The POSTs a second of a worker with these options."""
        self.receiver.round(expect=count, delay=delay)
        self._fillers[name].round(count=count, **orders)
        environment = {**self._environments[name], "BENCH_SETTINGS": settings}
        python = {"python": self._python} if name == "peer" else {}
        with Worker(environment, *options, **python):
            return self._all(count)

    def _all(self, count: int) -> float:
        arrivals = self.receiver.round(wait=PATIENCE)
        if len(arrivals) != count:
            raise SystemExit(f"{len(arrivals)} arrived of {count}.")
        return _rate(arrivals)

    def stop(self) -> None:
        """All processes."""
        for contender in [self.receiver, *self._fillers.values()]:
            contender.stop()


def figures(quick: bool) -> Iterator[Figure]:
    """One process, two, and a receiver that takes its time."""
    many, few = (600, 60) if quick else (4000, 400)
    turns = 1 if quick else 3
    with serving("PostgreSQL", "Redis") as environment:
        stage = Stage(environment)
        try:
            yield _processes(stage, 1, many, few, turns)
            yield _processes(stage, 2, many, few, turns)
            yield _slow(stage, many // 2, few, turns)
        finally:
            stage.stop()


def _processes(stage: Stage, processes: int, many: int, few: int, turns: int) -> Figure:
    options = [f"--concurrency={processes}"]
    rounds = {
        "loop of one requests.Session": partial(stage.loop, many),
        "straightforward": partial(stage.worker, "straightforward", few, options),
        "django webhook": partial(stage.worker, "peer", few, options),
        "ours": partial(stage.worker, "ours", many, options, hints=processes),
    }
    goals = (
        Goal("ours", "loop of one requests.Session", at_least=0.65),
        Goal("ours", "django webhook", at_least=8),
    )
    return Figure(
        f"deliveries, {processes} worker process{'es' if processes > 1 else ''}",
        "1/s",
        in_turn(rounds, turns, warmup=0),
        goals if processes == 1 else (Goal("ours", "django webhook", at_least=15),),
        "PostgreSQL, Redis",
    )


def _slow(stage: Stage, many: int, few: int, turns: int) -> Figure:
    options = ["--pool=threads", "--concurrency=50"]
    rounds: dict[str, Round] = {
        "the ideal": lambda: 50 / SLOW,
        "straightforward": partial(stage.worker, "straightforward", few, options, SLOW),
        "django webhook": partial(stage.worker, "peer", few, options, SLOW),
        "ours": partial(
            stage.worker,
            "ours",
            many,
            ["--concurrency=1"],
            SLOW,
            '{"FIN_BRIDGE_IN_FLIGHT": 50}',
        ),
    }
    return Figure(
        "deliveries to a receiver that takes 100 ms, 50 in flight",
        "1/s",
        in_turn(rounds, turns, warmup=0),
        (Goal("ours", "the ideal", at_least=0.9),),
        "PostgreSQL, Redis",
    )
