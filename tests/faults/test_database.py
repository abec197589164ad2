"""FAULTS, what the database and other processes may do to a delivery: on PostgreSQL, for real."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import psycopg
import pytest

from fin_bridge.conf import conf
from tests.support.processes import LATER, Processes
from tests.support.receiver import Receiver, status
from tests.test_tasks import wait_for

pytestmark = pytest.mark.services


@pytest.fixture
def other(processes: Processes) -> Iterator[psycopg.Connection]:
    """Another session, whose transaction ends with the test."""
    with psycopg.connect(processes.database_url) as session:
        yield session
        session.rollback()


class Held:
    """A Fin that answers when it is told to."""

    def __init__(self, fin: Receiver) -> None:
        self.arrived, self._answer = threading.Event(), threading.Event()
        fin.replies.append(self._hold)

    def _hold(self, handler: BaseHTTPRequestHandler) -> None:
        self.arrived.set()
        self._answer.wait(10)
        handler.send_response(204)
        handler.end_headers()

    def wait(self) -> None:
        assert self.arrived.wait(10)

    def answer(self) -> None:
        self._answer.set()


def test_a_drain_waits_for_no_other(
    processes: Processes, other: psycopg.Connection, fin: Receiver
) -> None:
    """Two drains that wait for each other's rows are a deadlock (FAULTS 19)."""
    assert processes.run("change") == 0
    other.execute("SELECT 1 FROM fin_bridge_conversationstate FOR UPDATE")
    other.execute("UPDATE fin_bridge_event SET state = 'sending'")  # as a claim not yet committed
    assert processes.run("drain", ahead=1) == 0
    other.rollback()
    assert fin.requests == []
    assert processes.run("drain", ahead=1) == 0
    assert processes.states == ["sent"]


def test_a_drain_takes_what_is_behind_that_which_another_is_claiming(
    processes: Processes, other: psycopg.Connection, fin: Receiver
) -> None:
    """Two drains of a backlog look at the same rows first; neither stands idle for that."""
    wanted = 2 * conf.in_flight  # a drain that has sent nothing yet claims no more
    processes.ask(
        "INSERT INTO fin_bridge_event (integration, conversation_id, kind, state, cause, reaction,"
        " created_at, due_at, attempts, detail)"
        " SELECT 'default', 'c' || n, 'sync', 'waiting', '', false, 0, n, 0, ''"
        f" FROM generate_series(1, {wanted + 1}) n RETURNING 1"
    )
    other.execute(
        "INSERT INTO fin_bridge_conversationstate (integration, conversation_id, attempts,"
        " reminders, shown, customers, extent, checkpoints, holder, handover)"
        " SELECT 'default', conversation_id, 0, 0, '{}', '[]', '{}', '[]', '', ''"
        f" FROM fin_bridge_event WHERE due_at <= {wanted}"
    )
    other.commit()
    other.execute("SELECT 1 FROM fin_bridge_conversationstate FOR UPDATE")
    assert processes.run("drain", ahead=1) == 0
    assert fin.conversations == [f"c{wanted + 1}"]


def test_a_new_conversation_is_sent_though_another_drain_is_at_its_neighbour(
    processes: Processes, other: psycopg.Connection, fin: Receiver
) -> None:
    """Its row is made, and the neighbour's, which looks as if it were missing, is not."""
    processes.ask(
        "INSERT INTO fin_bridge_event (integration, conversation_id, kind, state, cause, reaction,"
        " created_at, due_at, attempts, detail)"
        " SELECT 'default', 'c' || n, 'sync', 'waiting', '', false, 0, n, 0, ''"
        " FROM generate_series(1, 2) n RETURNING 1"
    )
    other.execute(
        "INSERT INTO fin_bridge_conversationstate (integration, conversation_id, attempts,"
        " reminders, shown, customers, extent, checkpoints, holder, handover)"
        " VALUES ('default', 'c1', 0, 0, '{}', '[]', '{}', '[]', '', '')"
    )
    other.commit()
    other.execute("SELECT 1 FROM fin_bridge_conversationstate FOR UPDATE")
    assert processes.run("drain", ahead=1) == 0
    assert fin.conversations == ["c2"]
    other.rollback()
    assert processes.run("drain", ahead=1) == 0
    assert fin.conversations == ["c2", "c1"]


def test_an_answer_is_written_down_after_a_deadlock(
    processes: Processes, other: psycopg.Connection, fin: Receiver
) -> None:
    """FAULTS 19: the database chooses the drain as its victim; no second POST comes of that."""
    held = Held(fin)
    assert processes.run("change") == 0
    pid = processes.start("drain", ahead=1)
    held.wait()
    other.execute("SET deadlock_timeout = '10s'")
    other.execute("SELECT 1 FROM fin_bridge_event FOR UPDATE")
    held.answer()
    wait_for(lambda: "UPDATE" in blocked(processes))
    other.execute("SELECT 1 FROM fin_bridge_conversationstate FOR UPDATE")
    other.rollback()
    assert processes.wait(pid) == 0
    assert processes.states == ["sent"]
    assert len(fin.requests) == 1


def test_a_drain_goes_on_after_a_deadlock_of_its_claim(
    processes: Processes, other: psycopg.Connection, fin: Receiver
) -> None:
    """FAULTS 19: of two claims side by side one may be the victim."""
    assert processes.run("change") == 0
    other.execute("SET deadlock_timeout = '10s'")
    other.execute("SELECT 1 FROM fin_bridge_event FOR UPDATE")
    pid = processes.start("drain", ahead=1)
    wait_for(lambda: "UPDATE" in blocked(processes))
    other.execute("SELECT 1 FROM fin_bridge_conversationstate FOR UPDATE")
    other.rollback()
    assert processes.wait(pid) == 0
    assert processes.run("drain", ahead=5) == 0  # had it come again before that was rolled back
    assert processes.states == ["sent"]
    assert len(fin.requests) == 1


def test_that_fin_asks_to_wait_is_noted_after_a_lock_timeout(
    processes: Processes, other: psycopg.Connection, fin: Receiver
) -> None:
    """FAULTS 19: else all the others would go on sending."""
    assert processes.run("drain") == 0  # makes the integration's row
    assert processes.run("change") == 0
    other.execute("SELECT 1 FROM fin_bridge_integrationstate FOR UPDATE")
    fin.replies.append(status(429))
    pid = processes.start("drain", ahead=1)
    wait_for(lambda: "integrationstate" in blocked(processes))
    other.execute("SELECT pg_sleep(2.5)")  # longer than the timeout
    other.rollback()
    assert processes.wait(pid) == 0
    assert processes.ask("SELECT 1 FROM fin_bridge_integrationstate WHERE gate_until > 0") == [
        (1,)
    ]


def test_a_connection_that_is_cut_during_the_post_costs_no_second_one(
    processes: Processes, fin: Receiver
) -> None:
    """FAULTS 17 and 18: the answer is written down over another connection."""
    held = Held(fin)
    assert processes.run("change") == 0
    pid = processes.start("drain", ahead=1)
    held.wait()
    processes.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    held.answer()
    assert processes.wait(pid) == 0
    assert processes.states == ["sent"]
    assert len(fin.requests) == 1


def test_answers_on_their_way_are_written_down_when_the_next_claim_fails(
    processes: Processes, other: psycopg.Connection, fin: Receiver
) -> None:
    """FAULTS 19: the claim runs into the lock's timeout while a POST is under way."""
    held = Held(fin)
    assert processes.run("change") == 0
    pid = processes.start("drain", ahead=1)
    held.wait()
    other.execute("LOCK TABLE fin_bridge_event")
    wait_for(lambda: "SELECT" in blocked(processes))
    held.answer()
    wait_for(lambda: "UPDATE" in blocked(processes))
    other.rollback()
    assert processes.wait(pid) == 1
    assert processes.states == ["sent"]
    assert len(fin.requests) == 1


def blocked(processes: Processes) -> str:
    """The statements that wait for a lock."""
    return str(
        processes.ask(
            "SELECT query FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
    )


def test_a_zombie_that_wakes_after_its_lease_changes_nothing(
    processes: Processes, fin: Receiver
) -> None:
    """FAULTS 65: SIGSTOP during the POST; another has sent it, and a change has come since."""
    held = Held(fin)
    assert processes.run("change") == 0
    zombie = processes.start("drain", ahead=1)
    held.wait()
    os.kill(zombie, signal.SIGSTOP)
    processes.recover()
    assert processes.states == ["sent"]
    assert processes.run("change") == 0
    os.kill(zombie, signal.SIGCONT)
    held.answer()
    assert processes.wait(zombie) == 0
    assert processes.states == ["sent", "waiting"]
    assert processes.run("drain", ahead=LATER + 30) == 0
    assert processes.states == ["sent", "sent"]


def test_a_claim_that_a_crash_of_the_database_has_undone_costs_a_second_post(
    processes: Processes, fin: Receiver
) -> None:
    """FAULTS 17: a claim's commit waits for no disk, so that it may be as if it had never been."""
    held = Held(fin)
    assert processes.run("change") == 0
    processes.ask("DELETE FROM fin_bridge_conversationstate RETURNING 1")
    pid = processes.start("drain", ahead=1)
    held.wait()
    processes.ask("DELETE FROM fin_bridge_conversationstate RETURNING 1")
    processes.ask("UPDATE fin_bridge_event SET state = 'waiting', claim = NULL RETURNING 1")
    held.answer()
    assert processes.wait(pid) == 0
    processes.recover()
    assert processes.states == ["sent"]
    assert len(fin.requests) == 2


def test_an_event_that_is_committed_late_is_sent_for_itself(
    processes: Processes, other: psycopg.Connection, fin: Receiver
) -> None:
    """FAULTS 66: nothing that was not claimed is ever marked as sent, whatever its number."""
    [(conversation,)] = processes.ask("SELECT id::text FROM helpdesk_demo_ticket")
    other.execute(
        "INSERT INTO fin_bridge_event (integration, conversation_id, kind, state, cause, reaction,"
        " created_at, due_at, attempts, detail)"
        " VALUES ('default', %s, 'sync', 'waiting', 'long', false, 0, 0, 0, '')",
        [conversation],
    )
    held = Held(fin)
    assert processes.run("change") == 0
    pid = processes.start("drain", ahead=1)
    held.wait()
    other.commit()
    held.answer()
    assert processes.wait(pid) == 0
    assert processes.states == ["waiting", "sent"]
    assert processes.run("drain", ahead=5) == 0
    assert processes.states == ["sent", "sent"]
    assert len(fin.requests) == 2


def test_a_database_that_cannot_be_written_marks_nothing(
    processes: Processes, fin: Receiver
) -> None:
    """FAULTS 61: read-only, as after a failover; the error surfaces, the recovery is clean."""
    assert processes.run("change") == 0
    [(name,)] = processes.ask("SELECT current_database()")
    processes.ask(f"SELECT 1; ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert processes.run("drain", ahead=1) == 1
    assert processes.run("change") == 1
    processes.ask(f"SELECT 1; ALTER DATABASE {name} RESET default_transaction_read_only")
    assert (processes.states, fin.requests) == (["waiting"], [])
    assert processes.run("drain", ahead=1) == 0
    assert processes.states == ["sent"]
