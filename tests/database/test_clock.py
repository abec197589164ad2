"""Moments as our tables keep them."""

from datetime import UTC, datetime

import pytest

from fin_bridge.database import clock
from fin_bridge.models import Event

MOMENT = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)
MICROSECONDS = 1795348800000005


def test_a_moment_is_microseconds_since_the_epoch() -> None:
    assert clock.to_microseconds(MOMENT) == MICROSECONDS
    assert clock.from_microseconds(MICROSECONDS) == MOMENT


@pytest.mark.parametrize(
    ("given", "moment"),
    [(None, None), (MOMENT, MOMENT), (MICROSECONDS, MOMENT), (str(MICROSECONDS), MOMENT)],
)
def test_forms_and_fixtures_hold_the_number(given: object, moment: datetime | None) -> None:
    field = Event._meta.get_field("due_at")
    assert field.to_python(given) == moment


def test_a_fixture_is_written_as_the_number() -> None:
    field = Event._meta.get_field("due_at")
    assert field.value_to_string(Event(due_at=MOMENT)) == str(MICROSECONDS)
