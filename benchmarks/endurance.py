"""The memory of a worker over many deliveries.

A Celery worker with one process delivers backlog after backlog to an instant receiver; after each
its process is measured. The first backlog warms it up, and is the baseline.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.compare import Figure, Goal
from benchmarks.contender import Contender
from benchmarks.servers import migrate, serving
from benchmarks.worker import Worker

TITLE = "Endurance"
DELIVERIES, QUICK, STEPS = 100_000, 500, 10
PATIENCE = 300


def figures(quick: bool) -> Iterator[Figure]:
    """Ten equal steps."""
    step = (QUICK if quick else DELIVERIES) // STEPS
    with serving("PostgreSQL", "Redis") as environment:
        receiver = Contender("benchmarks.receiver:receiver", environment)
        environment["BENCH_EVENTS_URL"] = receiver.round()
        migrate(environment)
        filling = Contender("benchmarks.deliveries:ours", environment)
        sizes = []
        with Worker(environment, "--concurrency=1") as worker:
            for _ in range(STEPS):
                receiver.round(expect=step)
                filling.round(count=step)
                if len(receiver.round(wait=PATIENCE)) < step:
                    raise SystemExit("The worker does not deliver.")
                sizes.append(worker.memory() / 1024)
        filling.stop()
        receiver.stop()
    yield Figure(
        f"memory of a worker, after each {step:,} of {step * STEPS:,} deliveries",
        "MB",
        {"ours": sizes},
        where="PostgreSQL, Redis",
    )
    yield Figure(
        "the same, the last as a multiple of the first",
        "",
        {"ours": [sizes[-1] / sizes[0]]},
        (Goal("ours", at_most=1.1),),
        "PostgreSQL, Redis",
    )
