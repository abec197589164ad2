from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.support.delivery_log import LIST, NOON, ago, get, make_event, rows

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=abc", ["abc"]),
        ("q=%20abc%20", ["abc"]),
        ("q=ab", []),
        ("q=ABC", []),
        ("q=", ["abc", "d"]),
        ("q=%20", ["abc", "d"]),
        ("conversation_id__exact=abc", ["abc"]),
        ("q=" + "9" * 5000, []),
        ("q=%D9%A1", []),
        ("state__exact=failed", ["abc"]),
        ("kind__exact=typing", ["d"]),
        ("integration=default", ["abc"]),
        ("integration=another", ["d"]),
        ("day=today", ["abc"]),
        ("day=yesterday", ["d"]),
        ("day=week", ["abc", "d"]),
        ("day=2026-11-21", ["d"]),
        ("day=2026-11-20", []),
    ],
)
def test_filters_and_search(olga: Client, query: str, found: list[str]) -> None:
    make_event("abc", created_at=NOON.replace(hour=0))
    make_event(
        "d",
        state="sent",
        kind="typing",
        integration="another",
        created_at=NOON.replace(hour=0) - timedelta(microseconds=1),
    )
    page = get(olga, f"{LIST}?{query}")
    listed = re.findall(r'field-of_conversation">(.*?)</td>', page)
    assert sorted(listed) == found


@pytest.mark.parametrize("day", ["soon", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none(olga: Client, day: str) -> None:
    response = olga.get(f"{LIST}?day={day}")
    assert (response.status_code, response.headers["Location"]) == (302, f"{LIST}?e=1")


def test_days_begin_at_midnight_of_the_current_time_zone(olga: Client) -> None:
    make_event("abc", created_at=datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    with timezone.override("Europe/Berlin"):
        assert len(rows(get(olga, f"{LIST}?day=2026-11-22"))) == 1
        assert "00:30:00" in get(olga, f"{LIST}?day=today")


def test_a_picked_day_is_shown_in_the_filter_and_keeps_the_others(olga: Client) -> None:
    make_event(created_at=ago(days=1))
    page = get(olga, f"{LIST}?day=2026-11-21&state__exact=failed")
    assert '<input type="date" name="day" value="2026-11-21"' in page
    assert '<input type="hidden" name="state__exact" value="failed">' in page
    assert 'name="day" value=""' in get(olga, f"{LIST}?day=today")
