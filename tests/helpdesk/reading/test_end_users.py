"""What Fin knows of an end user is what it was shown, and what it has written since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fin_bridge.database.clock import to_microseconds
from fin_bridge.helpdesk.reading.end_users import (
    OVERLAP,
    attributes_of,
    known,
    note_written,
    values_of,
    written_of,
)
from fin_bridge.models import EndUserState
from fin_bridge.records import EndUser
from tests.support.world import Clock

PLAN = "attribute plan"


@pytest.mark.parametrize(
    ("seconds", "now", "expected"),
    [
        (1, {PLAN: "free"}, {PLAN: "free"}),  # Fin has written it since
        (0, {PLAN: "free"}, {PLAN: "free"}),
        (1, {PLAN: "gold"}, {PLAN: "free"}),  # and then a person has
        (1, {PLAN: "pro"}, {PLAN: "free"}),  # or has taken Fin's value back
        (-1, {PLAN: "free"}, {PLAN: "free"}),  # the pull has read it just before
        (-1, {PLAN: "gold"}, {PLAN: "pro"}),
        (-OVERLAP.total_seconds() - 1, {PLAN: "free"}, {PLAN: "pro"}),
    ],
)
def test_what_fin_takes_for_a_value(
    stopped_clock: Clock, seconds: float, now: dict[str, Any], expected: dict[str, Any]
) -> None:
    at = to_microseconds(stopped_clock.now + timedelta(seconds=seconds))
    assert known({PLAN: "pro"}, stopped_clock.now, {PLAN: [at, "free"]}, now) == expected


def test_what_fin_has_removed_is_known_to_be_gone(stopped_clock: Clock) -> None:
    at = to_microseconds(stopped_clock.now)
    assert known({PLAN: "pro"}, stopped_clock.now, {PLAN: [at]}, {}) == {}
    assert known({PLAN: "pro"}, None, {PLAN: [at, None]}, {PLAN: None}) == {PLAN: None}
    assert known({PLAN: "pro"}, None, {}, {}) == {PLAN: "pro"}


def test_a_name_and_an_attribute_of_that_name_are_two_values() -> None:
    user = {"id": "7", "name": "Ada", "attributes": {"name": "A.", "attribute name": 1}}
    values = values_of(user)
    assert values["name"] == "Ada"
    assert attributes_of(values) == user["attributes"]


@pytest.mark.django_db
def test_only_what_differs_since_is_noted_once_for_a_person(stopped_clock: Clock) -> None:
    def note(before: dict[str, Any], after: dict[str, Any], integration: str = "default") -> None:
        first, then = (EndUser("7", "Ada", attributes=values) for values in (before, after))
        note_written(integration, first, then, stopped_clock.now)

    note({"plan": "pro"}, {"plan": "pro"})
    assert written_of("default", ["7"]) == {}
    note({"plan": "pro", "by": "a person"}, {"plan": "free", "by": "a person", "vip": None})
    first = to_microseconds(stopped_clock.now)
    stopped_clock.advance(1)
    note({"plan": "free"}, {})
    later = to_microseconds(stopped_clock.now)
    expected = {PLAN: [later], "attribute vip": [first, None]}
    assert written_of("default", ["7", "8"]) == {"7": expected}
    assert written_of("other", ["7"]) == {}
    note({}, {"plan": "x"}, "other")
    assert EndUserState.objects.count() == 2
