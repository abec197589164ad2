"""A save while the broker refuses connections, or accepts them and never answers.

Ours gives up within a second, once, and then does not try for five: the rows are there, and the
sweep finds them. The healthy save is ours as well. What the others do is tried once, for ten
seconds at most: they wait with each save, or for good.
"""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from benchmarks import peers, world
from benchmarks.compare import Figure, Goal, Ring, in_turn
from benchmarks.contender import Contender
from benchmarks.servers import migrate, serving
from chaos.programs import free_port

TITLE = "A save while the broker is away"
NOTES = """
The first save of a process pays for finding out: a broker that hangs costs a second for each step
of talking to it, whatever the client's defaults are. Nothing is lost by it: the row is in the
database, and the sweep finds it.
"""
LONGEST = 10


def saving() -> Callable[..., Any]:
    """Saves, in the way of the app that is installed."""
    from django.db import transaction

    from benchmarks.settings import WITH
    from helpdesk_demo.models import Reply

    if WITH == "webhook":
        from benchmarks import webhook

        webhook.subscribe()
    elif WITH == "plain":
        from benchmarks import tasks

        tasks.connect()
    [ticket] = world.tickets(1)

    def save() -> None:
        with transaction.atomic():
            Reply(ticket_id=ticket.pk, body="<p>It burns.</p>").save()

    def save_some(saves: int, once: bool = False) -> float:
        if once:
            return _patiently(save)
        started = time.perf_counter()
        for _ in range(saves):
            save()
        return (time.perf_counter() - started) / saves * 1000

    return save_some


def _patiently(save: Callable[[], None]) -> float:
    """Milliseconds for one, whatever comes of it, or all that are waited for."""

    def give_up(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LONGEST)
    started = time.perf_counter()
    try:
        save()
    except Exception as error:  # noqa: BLE001  # that it raises is part of what is shown
        print(type(error).__name__)  # noqa: T201
    signal.alarm(0)
    return (time.perf_counter() - started) * 1000


def figures(quick: bool) -> Iterator[Figure]:
    """Refused, then hung."""
    with serving("PostgreSQL", "Redis") as environment:
        migrate(environment)
        interpreter = peers.python()
        migrate({**environment, "BENCH_WITH": "webhook"}, interpreter)
        refused = f"redis://127.0.0.1:{free_port()}/0"
        yield from _figures("refuses", refused, environment, interpreter, quick)
        with closing(socket.create_server(("127.0.0.1", 0), backlog=100)) as listener:
            hung = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
            yield from _figures("hangs", hung, environment, interpreter, quick)


def _figures(
    how: str, broker: str, environment: dict[str, str], interpreter: str, quick: bool
) -> Iterator[Figure]:
    broken = {**environment, "BENCH_BROKER_URL": broker}
    do = "benchmarks.outages:saving"
    ours = Contender(do, broken)
    first = ours.round(saves=1, once=True)
    with Ring(healthy=Contender(do, environment), ours=ours) as rounds:
        samples = in_turn(rounds, 3 if quick else 9, warmup=0, saves=50 if quick else 200)
    yield Figure(
        f"a save while the broker {how}, after the first",
        "ms",
        samples,
        (Goal("ours", "healthy", at_most=1.2),),
        "PostgreSQL",
    )
    others = {"straightforward": "plain", "django webhook": "webhook"}
    firsts = {"ours": [first]}
    for name, kind in others.items():
        python = {"python": interpreter} if kind == "webhook" else {}
        other = Contender(do, {**broken, "BENCH_WITH": kind}, **python)
        firsts[name] = [other.round(saves=1, once=True)]
        other.stop()
    title = f"the first save while the broker {how}; {LONGEST} s are all that is waited for"
    yield Figure(title, "ms", firsts, where="PostgreSQL")
