"""POSTs under way: what comes back together, and what has never left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from pytest_django import Settings

from fin_bridge.events import in_flight
from fin_bridge.events.in_flight import InFlight

LONG = 60


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """What keeps a flight in the air; none is left there."""
    event = threading.Event()
    yield event
    event.set()


def back(wanted: int, under_way: InFlight[str, int]) -> None:
    """Wait until so many are back and not yet landed."""
    pause = threading.Event()
    while under_way._back.qsize() < wanted:
        pause.wait(0.01)


def collected(*results: int, routine: bool = True) -> InFlight[str, int]:
    under_way = InFlight[str, int](lambda _: routine)
    for result in results:
        under_way.start(f"flight {result}", partial(int, result))
    back(len(results), under_way)
    return under_way


def test_those_that_are_back_land_together() -> None:
    under_way = collected(1, 2, 3)
    assert sorted(under_way.collect()) == [("flight 1", 1), ("flight 2", 2), ("flight 3", 3)]
    assert not under_way


def test_no_more_land_together_than_may_be_lost_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_flight, "GATHERED", 2)
    under_way = collected(1, 2, 3)
    assert [len(list(under_way.collect())), len(list(under_way.collect()))] == [2, 1]


@pytest.fixture
def backlog(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, held: threading.Event
) -> Callable[[bool], InFlight[str, int]]:
    """One is back; the only thread is at the next, and another one has not begun."""
    monkeypatch.setattr(in_flight, "GATHERING", LONG)
    settings.FIN_BRIDGE_IN_FLIGHT = 1

    def make(routine: bool) -> InFlight[str, int]:
        under_way = collected(1, routine=routine)
        for number in (2, 3):
            under_way.start(f"flight {number}", lambda: int(held.wait(LONG)))
        return under_way

    return make


def test_of_a_backlog_more_are_waited_for(
    backlog: Callable[[bool], InFlight[str, int]], held: threading.Event
) -> None:
    under_way = backlog(True)
    threading.Timer(0.05, held.set).start()
    assert list(under_way.collect())[:2] == [("flight 1", 1), ("flight 2", 1)]


def test_what_is_no_routine_waits_for_no_other(
    backlog: Callable[[bool], InFlight[str, int]], held: threading.Event
) -> None:
    under_way = backlog(False)
    assert list(under_way.collect()) == [("flight 1", 1)]
    assert not held.is_set()


def test_without_a_backlog_none_waits_for_another(
    backlog: Callable[[bool], InFlight[str, int]], held: threading.Event, settings: Settings
) -> None:
    under_way = backlog(True)
    settings.FIN_BRIDGE_IN_FLIGHT = 2
    assert list(under_way.collect()) == [("flight 1", 1)]
    assert not held.is_set()


def test_nothing_may_come_back_in_time(held: threading.Event) -> None:
    under_way = InFlight[str, int](lambda _: True)
    under_way.start("slow", lambda: int(held.wait(LONG)))
    assert list(under_way.collect(timeout=0.01)) == []
    assert len(under_way) == 1


def test_those_that_have_not_begun_are_called_back(
    held: threading.Event, settings: Settings
) -> None:
    begun = threading.Event()

    def fly() -> int:
        begun.set()
        return int(held.wait(LONG))

    settings.FIN_BRIDGE_IN_FLIGHT = 1
    under_way = InFlight[str, int](lambda _: True)
    under_way.start("first", fly)
    under_way.start("second", fly)
    assert begun.wait(LONG)
    under_way.recall()
    assert list(under_way.collect()) == [("second", None)]
    held.set()
    assert list(under_way.collect()) == [("first", 1)]


def test_what_has_landed_is_not_lost_with_an_interruption() -> None:
    """As by Celery's soft time limit, while more are waited for."""

    class TimeLimitError(Exception):
        pass

    def end() -> int:
        raise TimeLimitError

    under_way, landed = collected(1), list[tuple[str, int | None]]()
    under_way.start("interrupted", end)
    back(2, under_way)
    with pytest.raises(TimeLimitError):
        landed += under_way.collect()
    assert landed == [("flight 1", 1)]
