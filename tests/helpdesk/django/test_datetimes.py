"""T20: times as helpdesks have them."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pytest_django import Settings

from fin_bridge.helpdesk.django.datetimes import aware, of_number, of_text, selected, stored
from helpdesk_demo.models import Ticket

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


def test_many_are_read_as_few_are(ticket: Ticket) -> None:
    for microsecond in (0, 1, 602_000, 999_999):
        created = datetime(1969, 12, 31, 23, 59, 59, microsecond, tzinfo=UTC)
        Ticket.objects.update(created=created, modified=NOON)
        for name, moment in (("created", created), ("modified", NOON)):
            column: Any = Ticket._meta.get_field(name)
            read, moment_of = selected(column, "default")
            [found] = Ticket.objects.values_list(read, flat=True)
            assert (moment_of(found), moment_of(None)) == (moment, None)
            assert moment_of(found).tzinfo is UTC


def test_each_database_has_its_own_form() -> None:
    assert of_number(1_500_000) == datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)
    assert of_text("2026-07-01 12:00:00") == of_text("2026-07-01T14:00:00+02:00") == NOON
    assert of_number(None) is of_text(None) is None


def test_a_column_that_is_not_djangos_own_may_be_one_without_a_time_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Ticket._meta, "managed", False)
    created: Any = Ticket._meta.get_field("created")
    assert selected(created, "default") == ("created", aware)


@pytest.mark.django_db
def test_without_time_zones_the_driver_says_what_they_mean(settings: Settings) -> None:
    settings.USE_TZ = False
    created: Any = Ticket._meta.get_field("created")
    assert selected(created, "default") == ("created", aware)
