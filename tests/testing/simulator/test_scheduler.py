import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from fin_bridge.testing.simulator.scheduler import RETRIES, SyncScheduler

PATIENCE = 10.0


class Runs:
    """What the scheduler runs: counts, and may be held up or made to fail."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.given_up: list[str] = []
        self.at_once = self.most_at_once = 0
        self.fail_next = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.changed = threading.Condition()

    def sync(self, key: str) -> bool:
        with self.changed:
            self.keys.append(key)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.fail_next -= 1
            self.changed.notify_all()
        self.go_on.wait(PATIENCE)
        with self.changed:
            self.at_once -= 1
        return self.fail_next < 0

    def give_up(self, key: str) -> None:
        with self.changed:
            self.given_up.append(key)
            self.changed.notify_all()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE)


@pytest.fixture
def runs() -> Runs:
    return Runs()


@contextmanager
def scheduler(
    runs: Runs, *, debounce: float = 0.02, retry_interval: float = 0.01
) -> Iterator[SyncScheduler[str]]:
    made = SyncScheduler(runs.sync, runs.give_up, debounce=debounce, retry_interval=retry_interval)
    made.start()
    try:
        yield made
        deadline, pause = time.monotonic() + PATIENCE, threading.Event()
        while not made.is_idle:
            assert time.monotonic() < deadline
            pause.wait(0.005)
    finally:
        runs.go_on.set()
        made.stop()


def test_requests_that_wait_are_one_sync(runs: Runs) -> None:
    with scheduler(runs, debounce=0.2) as syncs:
        for _ in range(5):
            syncs.request("c1")
        syncs.request("c2")
    assert sorted(runs.keys) == ["c1", "c2"]


def test_an_urgent_request_does_not_wait(runs: Runs) -> None:
    with scheduler(runs, debounce=3600) as syncs:
        syncs.request("c1")
        syncs.request("c1", is_urgent=True)
    assert runs.keys == ["c1"]


def test_a_later_request_does_not_put_off_the_first(runs: Runs) -> None:
    with scheduler(runs, debounce=3600) as syncs:
        syncs.request("c1", is_urgent=True)
        syncs.request("c1")
        runs.wait_until(lambda: runs.keys == ["c1"])
        syncs.request("c1", is_urgent=True)


def test_what_is_requested_meanwhile_is_synced_again_afterwards(runs: Runs) -> None:
    with scheduler(runs) as syncs:
        runs.go_on.clear()
        syncs.request("c1")
        runs.wait_until(lambda: runs.keys == ["c1"])
        syncs.request("c1", is_urgent=True)
        syncs.request("c1", is_urgent=True)
        syncs.request("c2", is_urgent=True)
        runs.wait_until(lambda: runs.keys == ["c1", "c2"])
        assert not syncs.is_idle
        runs.go_on.set()
    assert runs.keys == ["c1", "c2", "c1"]


def test_one_key_never_runs_twice_at_once(runs: Runs) -> None:
    with scheduler(runs, debounce=0) as syncs:
        for _ in range(50):
            syncs.request("c1")
    assert runs.most_at_once == 1


def test_a_failed_sync_is_tried_again(runs: Runs) -> None:
    runs.fail_next = 2
    with scheduler(runs) as syncs:
        syncs.request("c1")
    assert runs.keys == ["c1"] * 3
    assert runs.given_up == []


def test_a_sync_that_goes_on_failing_is_given_up(runs: Runs) -> None:
    runs.fail_next = 1000
    with scheduler(runs) as syncs:
        syncs.request("c1")
        runs.wait_until(lambda: runs.given_up == ["c1"])
    assert runs.keys == ["c1"] * (1 + RETRIES)


def test_a_new_request_need_not_wait_for_the_retry(runs: Runs) -> None:
    runs.fail_next = 1
    with scheduler(runs, retry_interval=3600) as syncs:
        syncs.request("c1")
        runs.wait_until(lambda: runs.keys == ["c1"])
        syncs.request("c1")
    assert runs.keys == ["c1", "c1"]


def test_what_waits_is_forgotten_at_the_end(runs: Runs) -> None:
    made = SyncScheduler(runs.sync, runs.give_up, debounce=3600, retry_interval=1)
    made.start()
    made.request("c1")
    made.stop()
    assert runs.keys == []


def test_what_waits_for_a_worker_is_forgotten_at_the_end(runs: Runs) -> None:
    made = SyncScheduler(runs.sync, runs.give_up, debounce=0, retry_interval=1)
    made.start()
    runs.go_on.clear()
    for number in range(100):
        made.request(f"c{number}")
    runs.wait_until(lambda: len(runs.keys) == 8)
    stopping = threading.Thread(target=made.stop)
    stopping.start()
    stopping.join(0.05)
    runs.go_on.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert len(runs.keys) < 100


def test_a_mistake_of_ours_is_logged_and_tried_again(
    runs: Runs, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(key: str) -> bool:
        if runs.sync(key) and len(runs.keys) == 1:
            raise ZeroDivisionError
        return True

    made = SyncScheduler(fail, runs.give_up, debounce=0, retry_interval=0)
    made.start()
    made.request("c1")
    runs.wait_until(lambda: len(runs.keys) == 2)
    made.stop()
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError
