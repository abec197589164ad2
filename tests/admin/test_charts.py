from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from fin_bridge.admin import charts
from tests.support.delivery_log import NOON

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


def counted() -> Iterator[tuple[Any, str, int]]:
    yield NOON - timedelta(hours=23), "sent", 1
    yield NOON, "sent", 3
    yield NOON, "sending", 1
    yield NOON - timedelta(hours=24), "sent", 100  # too old
    yield NOON + timedelta(hours=1), "sent", 100  # cannot be yet


def test_bars_reach_from_the_oldest_to_the_one_that_goes_on() -> None:
    chart = charts.draw(counted(), NOON + timedelta(minutes=59), timedelta(hours=1), 24)
    assert (chart.total, chart.peak, chart.view_box) == (5, 4, "0 0 240 100")
    first, *between, last = chart.bars
    assert (first.at, first.x, first.total) == (NOON - timedelta(hours=23), 0, 1)
    assert not any(bar.pieces for bar in between)
    assert last.pieces == (
        charts.Piece("accepted", 25.0, 75.0),
        charts.Piece("waiting", 0.0, 25.0),
    )


def test_nothing_ended_is_no_success() -> None:
    chart = charts.draw([(NOON, "waiting", 2)], NOON, timedelta(hours=6), 28)
    assert chart.success is None
    assert chart.bars[-1].at == NOON


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ({}, 0.5, None),
        ({7: 1}, 0.5, 7),
        ({1: 1, 2: 1}, 0.5, 1),
        ({1: 95, 9: 5}, 0.95, 1),
        ({1: 94, 9: 6}, 0.95, 9),
    ],
)
def test_percentiles(values: dict[int, int], share: float, expected: int | None) -> None:
    assert charts.percentile(values, share) == expected
