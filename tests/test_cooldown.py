"""The time in which a service that failed is left alone."""

import pytest

from fin_bridge.cooldown import Cooldown


class World:
    """A clock, and a cooldown of 5 seconds, of 30 at most, that goes by it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.cooldown = Cooldown(5, 30, clock=lambda: self.now)

    def lasts(self) -> int:
        """Return the whole seconds until it is over."""
        began = self.now
        while self.cooldown.is_on:
            self.now += 1
        return int(self.now - began)


@pytest.fixture
def world() -> World:
    return World()


def test_at_first_nothing_has_failed(world: World) -> None:
    assert not world.cooldown.is_on


def test_it_takes_twice_as_long_each_time_up_to_a_limit(world: World) -> None:
    lasted = []
    for _ in range(5):
        world.cooldown.start()
        lasted.append(world.lasts())
    assert lasted == [5, 10, 20, 30, 30]


def test_after_a_success_it_is_short_again(world: World) -> None:
    world.cooldown.start()
    world.cooldown.start()
    world.cooldown.reset()
    world.lasts()
    world.cooldown.start()
    assert world.lasts() == 5


def test_without_a_limit_it_always_takes_as_long(world: World) -> None:
    world.cooldown = Cooldown(5, clock=lambda: world.now)
    for _ in range(2):
        world.cooldown.start()
        assert world.lasts() == 5


def test_a_failure_may_say_how_long(world: World) -> None:
    world.cooldown.start(12)
    assert world.lasts() == 12
