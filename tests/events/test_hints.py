"""Hints: few, and none missed at the end."""

import pytest

from fin_bridge.events.hints import Waker


class World:
    """A clock and a broker."""

    def __init__(self) -> None:
        self.now = 100.0
        self.broken = False
        self.takes = 0.0
        self.tries = 0
        self.hints: list[float] = []
        self.waker = Waker(self.send, clock=lambda: self.now)

    def send(self, seconds: float) -> None:
        self.tries += 1
        self.now += self.takes
        if self.broken:
            raise ConnectionError
        self.hints.append(round(self.now + seconds - 100, 3))

    def change(self, moment: float) -> None:
        self.now = 100 + moment
        self.waker.after(0.5, slack=0.25)


@pytest.fixture
def world() -> World:
    return World()


def test_one_hint_serves_many(world: World) -> None:
    for moment in (0.0, 0.1, 0.4):
        world.change(moment)
    assert world.hints == [0.5, 0.9]


def test_a_later_look_is_not_asked_for_twice(world: World) -> None:
    world.waker.after(60, slack=60)
    world.waker.after(60, slack=60)
    world.waker.after(5, slack=5)
    world.now += 5
    world.waker.after(55, slack=55)
    assert world.hints == [60, 5]


def test_a_broker_that_fails_is_left_alone_for_five_seconds(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.broken = True
    world.change(0)
    world.broken = False
    world.change(4.9)
    assert world.hints == []
    assert world.waker.failure.is_on
    world.change(5.1)
    assert world.hints == [5.6]
    assert caplog.text.count("broker") == 1


def tried(world: World, begins: int, ends: int) -> int:
    """How often the broker was tried in this time, with a change each half second."""
    world.tries = 0
    for moment in range(begins * 2, ends * 2):
        world.change(moment / 2)
    return world.tries


def test_a_broker_that_goes_on_failing_is_tried_ever_more_seldom(world: World) -> None:
    world.broken = True
    assert tried(world, 0, 120) == 6  # after 0, 5, 15, 35, 65 and 95 s
    world.broken = False
    assert tried(world, 120, 180) == 110  # after 125 s it is found to be back


def test_a_slow_broker_holds_up_few(world: World) -> None:
    """FAULTS 1 and 2: what comes late is no failure, and each save would pay for it."""
    world.takes = 0.2
    assert tried(world, 0, 120) < 10
    assert len(world.hints) == world.tries
    assert not world.waker.failure.is_on  # typing is not dropped for that
    world.takes = 0.0
    assert tried(world, 120, 180) > 60


def test_one_slow_hint_may_be_chance(world: World) -> None:
    world.takes = 0.2
    world.change(0)
    world.takes = 0.0
    world.change(1)
    world.takes = 0.2
    world.change(2)
    world.change(3)
    assert world.tries == 4
