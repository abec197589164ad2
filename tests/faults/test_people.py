"""FAULTS 69: a person acts while Fin's sync is under way, in each order in which it may happen.

A person's change, Fin's pull and Fin's update are processes on PostgreSQL that stop after each of
their steps; all orders of these steps are tried, locks included.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path

import pytest

from tests.support.processes import Processes
from tests.test_tasks import wait_for

pytestmark = pytest.mark.services

STEPS = ("person", "person", "pull", "pull", "update", "update")
"""The first step of each is what it does, the second its commit."""

ORDERS = sorted(set(permutations(STEPS)))


@dataclass
class Race:
    """The three processes. One that has to wait for another's lock makes its step when it can."""

    processes: Processes
    answer: str
    pids: dict[str, int] = field(default_factory=dict)

    def run(self, steps: Sequence[str]) -> None:
        for actor in steps:
            self._step(actor)
        for actor in (*STEPS, *STEPS):  # those that had to wait
            self._step(actor)
        for actor, pid in self.pids.items():
            assert self.processes.wait(pid) == 0, actor

    def _step(self, actor: str) -> None:
        if actor not in self.pids:
            self.pids[actor] = self.processes.start(actor, answer=self.answer)
        elif state_of(self.pids[actor]) == "T":
            os.kill(self.pids[actor], signal.SIGCONT)
            wait_for(lambda: state_of(self.pids[actor]) != "T" or self._waits(actor))
        wait_for(lambda: all(map(self._rests, self.pids)))

    def _rests(self, actor: str) -> bool:
        """Stopped, ended, or in want of a lock."""
        return state_of(self.pids[actor]) in "TZ" or self._waits(actor)

    def _waits(self, actor: str) -> bool:
        # What runs beside this test has actors of the same names, in databases of their own.
        return bool(
            self.processes.ask(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                f" AND application_name = '{actor}' AND cardinality(pg_blocking_pids(pid)) > 0"
            )
        )


def state_of(pid: int) -> str:
    """A letter: T is stopped, Z has ended."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.parametrize("steps", ORDERS, ids="-".join)
def test_people_win_in_each_order(
    processes: Processes, tmp_path: Path, steps: tuple[str, ...]
) -> None:
    assert processes.run("people") == 0
    answer = tmp_path / "answer"
    Race(processes, str(answer)).run(steps)

    acts, commits = steps.index, tuple(reversed(steps)).index
    committed = {actor: len(steps) - 1 - commits(actor) for actor in STEPS}
    is_first = acts("person") < acts("update")  # the other waits for its lock
    is_shown = committed["person"] < acts("pull") and committed["pull"] < acts("update")
    title = "By Fin" if is_first and is_shown else "By a person"
    assert processes.ask(
        "SELECT t.subject, s.slug, a.username FROM helpdesk_demo_ticket t"
        " JOIN helpdesk_demo_status s ON s.id = t.status_id"
        " JOIN auth_user a ON a.id = t.assignee_id"
    ) == [(title, "solved", "sarah")]
    # Fin is answered with what stands, and told of what it does not know.
    told = json.loads(answer.read_text())
    assert told == ([title, "sarah@example.com"] if is_first else ["By Fin", "fin@example.com"])
    kept = "assignee" if is_shown else "title, assignee"
    causes = [f"a person's change was kept: {kept}"] if is_first else []
    [(ticket,)] = processes.ask("SELECT id FROM helpdesk_demo_ticket")
    causes.append(f"helpdesk_demo.Ticket {ticket} changed")
    events = processes.ask("SELECT cause FROM fin_bridge_event")
    assert sorted(cause for (cause,) in events) == sorted(causes)
