"""A clock that stands for the tests of events."""

import pytest

from tests.support.world import Clock


@pytest.fixture
def clock(stopped_clock: Clock) -> Clock:
    return stopped_clock
