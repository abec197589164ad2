"""Values of a helpdesk as JSON, whatever they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from fin_bridge.json_values import encode, instant, plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, None, "ü"]}, '{"a":[1,null,"ü"]}'),
        ({"a": [float("nan"), (float("inf"), 1.5)]}, '{"a":[null,[null,1.5]]}'),
        (Decimal("1.10"), '"1.10"'),
        (UTC, '"UTC"'),
    ],
)
def test_whatever_a_helpdesk_has_becomes_json(value: Any, text: str) -> None:
    assert encode(value) == text


def test_values_are_compared_as_they_come_back_from_json() -> None:
    assert plain({"sizes": (1, Decimal(2))}) == {"sizes": [1, "2"]}


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 30, 12, tzinfo=UTC), "2026-11-30T12:00:00Z"),
        (
            datetime(2026, 11, 30, 1, 0, 0, 5, tzinfo=timezone(timedelta(hours=2))),
            "2026-11-29T23:00:00.000005Z",
        ),
    ],
)
def test_moments_are_told_in_utc(moment: datetime, text: str) -> None:
    assert instant(moment) == text
