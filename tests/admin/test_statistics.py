from __future__ import annotations

import pytest
from django.test import Client

from fin_bridge.models import ConversationState
from tests.support.delivery_log import ago, get, make_attempt, make_event, text_of
from tests.support.overview_page import OVERVIEW, bars, refuse

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


def test_changes_by_hour_and_what_became_of_them(watcher: Client) -> None:
    for _ in range(3):
        make_event(state="sent", created_at=ago(minutes=61))
    make_event(state="merged", created_at=ago(minutes=61))
    make_event(state="failed", created_at=ago(minutes=61))
    make_event(state="cancelled", created_at=ago(minutes=61))
    make_event(state="waiting", created_at=ago(minutes=1))
    make_event(state="failed", created_at=ago(days=3))
    make_event(state="failed", created_at=ago(days=8))
    make_event(state="sent", kind="typing", created_at=ago(minutes=1))
    make_event(state="sent", integration="another", created_at=ago(minutes=1))
    page = get(watcher, OVERVIEW)
    assert bars(page) == [
        ["accepted", "failed", "cancelled", "waiting"],
        ["failed", "accepted", "failed", "waiting", "cancelled"],
    ]
    text = text_of(page)
    assert "Last 24 hours 7 changes, 80 % accepted" in text
    assert "Last 7 days 8 changes, 66.6 % accepted" in text
    assert "Last 24 hours: 7 changes, at most 6 in one bar." in page
    assert "Sun 22 Nov, 10:00 4 1 0 1" in text  # the table says the same
    assert "<title>Sun 10:00: 6 (1 failed)</title>" in page


def test_one_change_is_one(watcher: Client) -> None:
    make_event(state="sent", created_at=ago(minutes=1))
    assert "Last 24 hours 1 change, 100 % accepted" in text_of(get(watcher, OVERVIEW))


def test_latency_and_errors_are_of_the_posts_of_the_last_day(watcher: Client) -> None:
    event = make_event()
    for _ in range(90):
        make_attempt(event, duration=104)
    for _ in range(10):
        make_attempt(event, duration=1500)
    for _ in range(2):
        make_attempt(event, status=503, outcome="unavailable", duration=9000)
    make_attempt(event, status=None, outcome="timeout", duration=15000)
    make_attempt(event, status=400, outcome="rejected", started_at=ago(days=2))
    make_attempt(event, status=400, outcome="rejected", integration="another")
    text = text_of(get(watcher, OVERVIEW))
    assert "median 110 ms, 95th percentile 1.5 s" in text
    assert "Most frequent errors of the last day 2 503 Service Unavailable 1 timeout" in text


def test_what_waits_and_since_when(watcher: Client) -> None:
    make_event(state="waiting", created_at=ago(minutes=4))
    make_event(state="sending", created_at=ago(minutes=9))
    for minutes in (3, 25):
        ConversationState.objects.create(
            integration="default",
            conversation_id=str(minutes),
            handover="waiting",
            handed_over_at=ago(minutes=minutes),
        )
    make_event(state="waiting", integration="", created_at=ago(minutes=1))
    page = get(watcher, OVERVIEW)
    text = text_of(page)
    assert "Waiting 2, the oldest for 9 min" in text
    assert "Handovers that nobody has answered 2, the oldest for 25 min" in text
    assert "1 change waits for a worker to find its integration." in text
    assert "?handover=unanswered" in page
    assert "well" in text


def test_refusals_and_failed_authentications_of_the_last_day(watcher: Client) -> None:
    refuse(3)
    refuse(2, status=404, operation="get_conversation", detail="There is no conversation '7'.")
    refuse(status=200)
    refuse(at=ago(hours=25))
    text = text_of(get(watcher, OVERVIEW))
    assert "5 refused, 3 of them because the caller could not be authenticated." in text
    assert "3 401 Unauthorized get_messages The signature is wrong. 11:57:00" in text
    assert "2 404 Not Found get_conversation There is no conversation" in text
