"""`make chaos`: a run as the environment asks for it, a table at the end, and an exit code.

CHAOS_SECONDS (default 60), CHAOS_SEED (0), CHAOS_BROKER (redis or rabbitmq), CHAOS_RATE (changes
a second, 40), CHAOS_LEASE (seconds, 60: a short one makes a short run, since a killed worker's
conversations wait for it) and CHAOS_FOLDER: journals and logs are kept there, or, without it, in a
temporary folder if something was wrong.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from chaos.fleet import Fleet
from chaos.journal import Journal
from chaos.nemesis import Nemesis
from chaos.programs import free_port, wait_until
from chaos.receiver import Receiver
from chaos.servers import BROKERS, PostgreSQL, ServerError
from chaos.verdict import Verdict, judge

A_SWEEP = 15.0
"""Seconds: within a lease and this after the last fault Fin must have been told of all."""

PULLED_WITHIN = 300.0
"""Seconds for this Fin to pull what it was told of; how fast that goes is the machine's matter."""


@dataclass(frozen=True)
class Plan:
    """What is asked for."""

    seconds: float
    seed: int
    broker: str
    rate: float
    lease: int

    @classmethod
    def of_environment(cls) -> Plan:
        """Raises KeyError for a broker that there is none of, ValueError for what is no number."""
        env = os.environ
        broker = env.get("CHAOS_BROKER") or "redis"
        BROKERS[broker]
        return cls(
            float(env.get("CHAOS_SECONDS") or 60),
            int(env.get("CHAOS_SEED") or 0),
            broker,
            float(env.get("CHAOS_RATE") or 40),
            int(env.get("CHAOS_LEASE") or 60),
        )


def main() -> int:
    """0 if nothing was lost or made up, 1 if something was, 2 if there was no run."""
    told_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_stop.set())
    folder = Path(os.environ.get("CHAOS_FOLDER") or tempfile.mkdtemp(prefix="chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL's account has to come through
    try:
        verdict = run(Plan.of_environment(), folder, told_to_stop)
    except ServerError as error:
        say(str(error))
        return 2
    width = max(len(name) for name, _ in verdict.rows())
    for name, value in verdict.rows():
        say(f"{name:<{width}}  {value}")
    say("GOOD: nothing was lost, nothing was made up." if verdict.is_good else "BAD")
    if verdict.is_good and not os.environ.get("CHAOS_FOLDER"):
        shutil.rmtree(folder)
    else:
        say(f"Journals and logs: {folder}")
    return 0 if verdict.is_good else 1


def run(plan: Plan, folder: Path, told_to_stop: threading.Event) -> Verdict:
    """Start everything, let it suffer, let it come to rest, judge."""
    say(f"{plan.broker}, seed {plan.seed}, {plan.seconds:.0f} s of faults; then rest.")
    with ExitStack() as stack:
        (folder / "postgresql").mkdir()
        (folder / "broker").mkdir()
        postgresql = PostgreSQL(folder / "postgresql")
        broker = BROKERS[plan.broker](folder / "broker")
        for server in (postgresql, broker):
            stack.callback(server.program.kill)
            server.start()
        web_port, token = free_port(), secrets.token_hex(16)
        web_url = f"http://127.0.0.1:{web_port}"
        receiver = Receiver(Journal(folder / "fin.jsonl"), web_url, token, plan.seed)
        stack.callback(receiver.close)
        environment = {
            "DJANGO_SETTINGS_MODULE": "chaos.settings",
            "DEMO_VAR": str(folder / "var"),
            "DATABASE_URL": postgresql.url,
            "CELERY_BROKER_URL": broker.url,
            "FIN_EVENTS_URL": receiver.url,
            "CHAOS_TOKEN": token,
            "CHAOS_LEASE": str(plan.lease),
        }
        fleet = Fleet(folder, environment, web_port, plan.seed, plan.rate)
        fleet.prepare()
        stack.callback(fleet.stop)
        fleet.start()
        faults = Journal(folder / "faults.jsonl")
        nemesis = Nemesis(fleet, postgresql, broker, receiver, faults, plan.seed)
        nemesis.run(plan.seconds, told_to_stop)
        fleet.stop_writing()
        receiver.faults.clear()
        quiet_after, stuck = _rest(postgresql, receiver, plan.lease + A_SWEEP)
        with postgresql.connect() as connection:
            verdict = judge(folder, connection)
    verdict.quiet_after, verdict.stuck = quiet_after, stuck
    return verdict


def _rest(postgresql: PostgreSQL, receiver: Receiver, within: float) -> tuple[float, int]:
    """Wait until nothing waits, then for Fin's pulls, for a reconcile and for what that finds.

    What a killed process had saved in autocommit without an event, only a reconcile can find; it
    is due every five minutes, and is asked for here. Returns the seconds until nothing waited, and
    how many events were stuck when the time for that was over: still being sent, or overdue. What
    waits for its next try is not stuck.
    """
    began = time.monotonic()
    say("At rest: nothing changes any more.")
    with postgresql.connect() as connection:

        def is_quiet() -> bool:
            query = "SELECT 1 FROM fin_bridge_event WHERE state IN ('waiting', 'sending') LIMIT 1"
            return connection.execute(query).fetchone() is None

        wait_until(is_quiet, within)
        quiet_after = time.monotonic() - began
        [(stuck,)] = connection.execute(_STUCK).fetchall()
        wait_until(lambda: not receiver.unpulled, PULLED_WITHIN)
        connection.execute("UPDATE fin_bridge_integrationstate SET reconciled_at = NULL")
        query = "SELECT 1 FROM fin_bridge_integrationstate WHERE reconciled_at IS NULL"
        wait_until(lambda: connection.execute(query).fetchone() is None, 30)
        wait_until(is_quiet, 30)
        wait_until(lambda: not receiver.unpulled, PULLED_WITHIN)
    return quiet_after, stuck


_STUCK = """
SELECT count(*) FROM fin_bridge_event
WHERE state = 'sending' OR state = 'waiting'
AND due_at < (extract(epoch FROM clock_timestamp()) - 10) * 1000000
"""


def say(text: str) -> None:
    """To whoever has started it."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
