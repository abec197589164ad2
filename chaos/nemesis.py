"""What is done to them: one fault after the other, as chance has it, some at the same time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from chaos.fleet import Fleet
from chaos.journal import Journal
from chaos.programs import Program
from chaos.receiver import LATE, Receiver
from chaos.servers import Broker, PostgreSQL

HASTE: Final = (0.5, 2.0)
PAUSE: Final = (1.0, 5.0)
"""Seconds between two faults: while there are some that have not been, and afterwards."""

SHARES: Final = {
    "kill a worker": 6,
    "kill a worker's child": 4,
    "kill a writer": 6,
    "kill the web server's child": 2,
    "kill beat": 2,
    "kill deliver_events": 2,
    "stop the broker": 2,
    "freeze the broker": 4,
    "flush the broker": 4,
    "freeze a worker": 2,
    "restart PostgreSQL": 1,
    "crash PostgreSQL": 2,
    "freeze PostgreSQL": 1,
    "Fin is down": 3,
    "Fin hangs": 2,
}

CALM: Final = 30.0
"""Seconds before the end from which on Fin gives no answer that is tried again much later."""


@dataclass
class Nemesis:
    """`run` it; each fault is a line of the journal, and is over when it ends."""

    fleet: Fleet
    postgresql: PostgreSQL
    broker: Broker
    receiver: Receiver
    journal: Journal
    seed: int
    _threads: list[threading.Thread] = field(default_factory=list)

    def run(self, seconds: float, told_to_stop: threading.Event) -> None:
        """Faults for so long; the last is healed when this returns."""
        chance = random.Random(self.seed)
        ends = time.monotonic() + seconds
        names, shares = list(SHARES), list(SHARES.values())
        # All at least once in a row of its own, for a short run would miss some.
        row = chance.sample(names, len(names))
        while (left := ends - time.monotonic()) > 0:
            if left < CALM:
                for fault in LATE:
                    self.receiver.faults.pop(fault, None)
            name = row.pop() if row else chance.choices(names, shares)[0]
            lasts = min(chance.uniform(2, 8), max(left, 0.5))
            self._begin(name, lasts, chance)
            if told_to_stop.wait(chance.uniform(*(HASTE if row else PAUSE))):
                break
        for thread in self._threads:
            thread.join()

    def _begin(self, name: str, lasts: float, chance: random.Random) -> None:
        """In a thread, so that faults of different things overlap; none of one with itself."""
        fault = getattr(self, "_" + name.replace("'s", "s").replace(" ", "_"))
        number = chance.getrandbits(16)

        def suffer() -> None:
            began = time.time()
            fault(lasts, number)
            self.journal.write(fault=name, began=began)

        thread = threading.Thread(target=suffer, name=name)
        if any(other.is_alive() and _same(other.name, name) for other in self._threads):
            return
        self._threads.append(thread)
        thread.start()

    # --- kill -9 ---

    def _kill_a_worker(self, lasts: float, number: int) -> None:
        self.fleet.workers[number % len(self.fleet.workers)].kill()

    def _kill_a_workers_child(self, lasts: float, number: int) -> None:
        self.fleet.workers[number % len(self.fleet.workers)].kill_child()

    def _kill_a_writer(self, lasts: float, number: int) -> None:
        writers = self.fleet.writers
        if writers:
            writers[number % len(writers)].kill()

    def _kill_the_web_servers_child(self, lasts: float, number: int) -> None:
        self.fleet.web.kill_child()

    def _kill_beat(self, lasts: float, number: int) -> None:
        self.fleet.beat.kill()

    def _kill_deliver_events(self, lasts: float, number: int) -> None:
        self.fleet.deliverer.kill()

    def _freeze_a_worker(self, lasts: float, number: int) -> None:
        with _frozen(self.fleet.workers[number % len(self.fleet.workers)]):
            _last(lasts)

    # --- the broker ---

    def _stop_the_broker(self, lasts: float, number: int) -> None:
        self.broker.program.kill()
        _last(lasts)
        self.broker.start()

    def _freeze_the_broker(self, lasts: float, number: int) -> None:
        with _frozen(self.broker.program):
            _last(lasts)

    def _flush_the_broker(self, lasts: float, number: int) -> None:
        with suppress(Exception):  # of whichever client it is: the broker may be away just now
            self.broker.flush()

    # --- the database ---

    def _restart_PostgreSQL(self, lasts: float, number: int) -> None:  # noqa: N802
        self.postgresql.stop(crash=False)
        self.postgresql.start()

    def _crash_PostgreSQL(self, lasts: float, number: int) -> None:  # noqa: N802
        self.postgresql.stop(crash=True)
        self.postgresql.start()

    def _freeze_PostgreSQL(self, lasts: float, number: int) -> None:  # noqa: N802
        with _frozen(self.postgresql.program):
            _last(lasts / 2)

    # --- Fin ---

    def _Fin_is_down(self, lasts: float, number: int) -> None:  # noqa: N802
        with self._mood("down"):
            _last(lasts)

    def _Fin_hangs(self, lasts: float, number: int) -> None:  # noqa: N802
        with self._mood("hung"):
            _last(lasts)

    @contextmanager
    def _mood(self, mood: str) -> Iterator[None]:
        self.receiver.mood = mood
        try:
            yield
        finally:
            self.receiver.mood = "well"


_THINGS: Final = ("worker", "writer", "web", "beat", "deliver", "broker", "PostgreSQL", "Fin")


def _same(one: str, other: str) -> bool:
    """Whether two faults are of the same thing."""
    return any(thing in one and thing in other for thing in _THINGS)


@contextmanager
def _frozen(program: Program) -> Iterator[None]:
    program.freeze()
    try:
        yield
    finally:
        program.thaw()


def _last(seconds: float) -> None:
    threading.Event().wait(seconds)
