"""T20: times as helpdesks have them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pytest_django import Settings

from fin_bridge.helpdesk.moments import aware, stored

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (NOON.astimezone(timezone(timedelta(hours=2))), NOON),
        (datetime(2026, 7, 1, 14), NOON),  # naive, as it occurs
        (date(2026, 7, 1), NOON - timedelta(hours=14)),
        (None, None),
    ],
)
def test_all_become_aware_and_utc(
    settings: Settings, given: date | None, shown: datetime | None
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    assert aware(given) == shown


def test_a_query_compares_as_the_database_holds_them(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    assert stored(NOON) == NOON
    settings.USE_TZ = False
    assert stored(NOON) == datetime(2026, 7, 1, 14)  # naive, as it occurs
