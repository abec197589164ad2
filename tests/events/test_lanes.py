"""The sending threads: few while answers are quick, all of them as soon as they are not."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from fin_bridge.events import lanes
from fin_bridge.events.in_flight import Flights
from fin_bridge.events.lanes import Lanes
from tests.test_tasks import wait_for

LONG = 60


class Jobs:
    """Each is under way until it is told to end."""

    def __init__(self) -> None:
        self.end = threading.Event()
        self.begun: list[str] = []

    def __call__(self) -> None:
        self.begun.append(threading.current_thread().name)
        self.end.wait(LONG)


@pytest.fixture
def jobs(settings: Settings) -> Iterator[Jobs]:
    settings.FIN_BRIDGE_IN_FLIGHT = 5
    jobs = Jobs()
    yield jobs
    jobs.end.set()


def test_few_threads_begin_and_the_others_when_they_are_of_use(jobs: Jobs) -> None:
    threads = Lanes()
    for _ in range(8):
        threads.add(jobs)
    wait_for(lambda: len(jobs.begun) == lanes.FEW)
    threads.widen()
    wait_for(lambda: len(jobs.begun) == 5)
    jobs.end.set()
    wait_for(lambda: len(jobs.begun) == 8)


def test_there_are_no_more_than_the_setting_says(jobs: Jobs, settings: Settings) -> None:
    settings.FIN_BRIDGE_IN_FLIGHT = 1
    threads = Lanes()
    threads.widen()
    for _ in range(3):
        threads.add(jobs)
    wait_for(lambda: len(jobs.begun) == 1)
    jobs.end.set()
    wait_for(lambda: len(jobs.begun) == 3)
    assert len(set(jobs.begun)) == 1


@pytest.mark.parametrize(("quick", "begun"), [(-1.0, 5), (LONG, lanes.FEW)])
def test_all_threads_begin_once_most_jobs_are_slow(
    quick: float, begun: int, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "QUICK", quick)
    threads, done = Lanes(), list[None]()
    for _ in range(lanes.MANY + 1):
        threads.add(lambda: done.append(None))
    for _ in range(8):
        threads.add(jobs)
    wait_for(lambda: len(jobs.begun) >= begun)
    assert len(done) == lanes.MANY + 1
    assert len(jobs.begun) == begun


def test_where_nothing_comes_back_all_threads_begin(settings: Settings) -> None:
    """None of these comes back before all of them are under way."""
    settings.FIN_BRIDGE_IN_FLIGHT = 5
    together = threading.Barrier(5)
    under_way = Flights[int, int](lambda _: True)
    for number in range(5):
        under_way.start(number, lambda: together.wait(LONG))
    landed: list[int] = []
    while under_way:
        landed += [one for one, _ in under_way.land(timeout=LONG)]
    assert sorted(landed) == [0, 1, 2, 3, 4]
