"""Real processes, killed with `kill -9` at each point at which something could be lost.

FAULTS: the worker's points, the web process's, and what must be true when another one has swept.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from tests.support.crash_runner import POINTS
from tests.support.processes import KILLED, LATER, Processes
from tests.support.receiver import Receiver, status

pytestmark = pytest.mark.services


def test_without_a_kill_a_change_is_one_post(processes: Processes, fin: Receiver) -> None:
    assert processes.run("change") == 0
    assert processes.run("drain", ahead=1) == 0
    processes.recover()
    assert processes.states == ["sent"]
    assert len(fin.requests) == 1


WORKER = {
    # The point, and how many POSTs arrive in all: a second one where the first may have been read.
    "before_claim": 1,  # FAULTS 4
    "in_claim": 1,
    "after_claim": 1,  # FAULTS 5
    "before_post": 1,
    "after_response": 2,  # FAULTS 7
    "before_settle": 2,
    "in_settle": 2,
    "after_settle": 1,
}


@pytest.mark.parametrize("point", WORKER)
def test_a_worker_that_is_killed_loses_nothing(
    processes: Processes, fin: Receiver, point: str
) -> None:
    assert processes.run("change") == 0
    assert processes.run("drain", point, ahead=1) == KILLED
    processes.recover()
    assert processes.states == ["sent"]
    assert len(fin.requests) == WORKER[point]


def test_a_worker_that_is_killed_during_the_post_loses_nothing(
    processes: Processes, fin: Receiver
) -> None:
    """FAULTS 6: Fin has it, and nobody knows."""

    arrived, answer = threading.Event(), threading.Event()

    def hold(handler: BaseHTTPRequestHandler) -> None:
        arrived.set()
        answer.wait(10)

    fin.replies.append(hold)
    assert processes.run("change") == 0
    pid = processes.start("drain", ahead=1)
    assert arrived.wait(10)
    os.kill(pid, signal.SIGKILL)
    assert processes.wait(pid) == KILLED
    answer.set()
    processes.recover()
    assert processes.states == ["sent"]
    assert processes.outcomes == ["lost", "sent"]
    assert len(fin.requests) == 2


@pytest.mark.parametrize("point", ["in_failure", "after_failure"])
def test_a_worker_that_is_killed_over_a_failure_loses_nothing(
    processes: Processes, fin: Receiver, point: str
) -> None:
    fin.replies.append(status(500))
    assert processes.run("change") == 0
    assert processes.run("drain", point, ahead=1) == KILLED
    processes.recover()
    assert processes.states == ["sent"]
    assert len(fin.requests) == 2


@pytest.mark.parametrize("point", ["in_take_over", "after_take_over"])
def test_whoever_takes_over_may_be_killed_too(
    processes: Processes, fin: Receiver, point: str
) -> None:
    assert processes.run("change") == 0
    assert processes.run("drain", "after_claim", ahead=1) == KILLED
    assert processes.run("sweep", point, ahead=LATER) == KILLED
    for ahead in (LATER + 20, LATER + 40):
        assert processes.run("sweep", ahead=ahead) == 0
    assert processes.states == ["sent"]
    assert len(fin.requests) == 1


@pytest.mark.parametrize("point", ["before_event", "in_transaction"])
def test_a_web_process_that_is_killed_in_its_transaction_has_changed_nothing(
    processes: Processes, fin: Receiver, point: str
) -> None:
    assert processes.run("change", point) == KILLED
    processes.recover()
    assert (processes.subject, processes.states, fin.requests) == ("", [], [])


@pytest.mark.parametrize("point", ["in_on_commit", "after_on_commit"])
def test_a_web_process_that_is_killed_after_its_commit_has_left_an_event(
    processes: Processes, fin: Receiver, point: str
) -> None:
    """FAULTS 10: no hint was sent, the sweep needs none."""
    assert processes.run("change", point) == KILLED
    processes.recover()
    assert (processes.subject, processes.states, len(fin.requests)) == ("!", ["sent"], 1)


def test_a_web_process_that_is_killed_between_a_change_and_its_event(
    processes: Processes, fin: Receiver
) -> None:
    """FAULTS 9: in autocommit the change stands alone, until a reconcile compares."""
    assert processes.run("change_in_autocommit", "before_event") == KILLED
    assert (processes.subject, processes.states) == ("!", [])
    for ahead in (0, 20):  # the first finds it, the second sends it
        assert processes.run("sweep", ahead=301 + ahead) == 0
    assert (processes.states, len(fin.requests)) == (["sent"], 1)


def test_each_point_is_tried() -> None:
    tried = {*WORKER, "in_failure", "after_failure", "in_take_over", "after_take_over"}
    tried |= {"before_event", "in_transaction", "in_on_commit", "after_on_commit"}
    assert tried == set(POINTS)


@pytest.mark.parametrize("number", range(int(os.environ.get("FIN_BRIDGE_TEST_KILL_ROUNDS", "1"))))
def test_a_hundred_kills_one_after_the_other(
    processes: Processes, fin: Receiver, number: int
) -> None:
    """Each process is killed at some point; what one leaves, the next comes upon."""
    points = itertools.cycle(
        [
            ("change", "in_on_commit"),
            *(("drain", point) for point in WORKER),
            ("change", "after_on_commit"),
            ("sweep", "after_take_over"),
            ("sweep", "after_claim"),
            ("change", "in_transaction"),
        ]
    )
    killed, ahead = 0, 0.0
    while killed < 100:
        do, point = next(points)
        ahead += 31
        killed += processes.run(do, point, ahead=ahead) == KILLED
    for _ in range(3):
        ahead += LATER
        assert processes.run("sweep", ahead=ahead) == 0
    assert set(processes.states) == {"sent", "merged"}
    assert (
        len(processes.subject)
        == processes.ask("SELECT count(*) FROM fin_bridge_event WHERE cause LIKE '%changed'")[0][0]
    )
