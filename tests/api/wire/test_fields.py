"""Each field takes one type of JSON, and converts nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Field

from fin_bridge.api.wire.fields import UNSTORABLE, Attributes, Hint, Id, Text, moment

HALF = "a\ud800"  # of a surrogate pair


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Text(), ""),
        (Text(), " a "),
        (Text(allow_null=True), None),
        (Id(), "007"),
        (Id(), " "),
        (Hint(), "a"),
        (Attributes(), {"a": [1, None, {"b": "c"}]}),
    ],
)
def test_a_value_of_the_type_is_taken_as_it_is(
    field: Field[Any, Any, Any, Any], value: Any
) -> None:
    assert field.run_validation(value) == value


REFUSED: list[tuple[type, list[Any]]] = [
    (Text, [5, 1.5, True, None, [], {}, "a\0"]),
    (Id, ["", 5, None]),
    (Hint, [5, None, []]),
    (Attributes, ["{}", [], 5, {"a\0": 1}, {"a": [{"b": HALF}]}]),
]


@pytest.mark.parametrize(("field", "values"), REFUSED)
def test_any_other_is_refused(field: type, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(ValidationError):
            field().run_validation(value)


@pytest.mark.parametrize("value", [5, "", "yesterday", "22.11.2026"])
def test_a_moment_is_in_no_other_form(value: Any) -> None:
    with pytest.raises(ValidationError):
        moment().run_validation(value)


@pytest.mark.parametrize("value", ["a\0", HALF])
def test_a_hint_that_no_database_holds_is_empty(value: str) -> None:
    assert Hint().run_validation(value) == ""
    assert UNSTORABLE.search(value)


def test_a_moment_is_in_utc_unless_it_says_otherwise() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for text in ("2026-11-22T12:00:00", "2026-11-22T12:00:00Z", "2026-11-22T14:00:00+02:00"):
        assert moment().run_validation(text) == noon
