"""The overview: how each integration is, in words and bars that need no style of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path
from pytest_django import Settings

from fin_bridge.admin import charts
from fin_bridge.models import ConversationState, FinCall, IntegrationState
from tests.admin.test_events import NOON, ago, get, make_attempt, make_event, operator, text_of
from tests.support.world import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [path("admin/", admin.site.urls)]

OVERVIEW = "/admin/fin_bridge/integrationstate/overview/"
PERMISSIONS = ["view_event", "view_integrationstate"]


@pytest.fixture(autouse=True)
def _clock(stopped_clock: Clock) -> None:
    stopped_clock.set(NOON)


@pytest.fixture
def olga() -> Client:
    IntegrationState.objects.create(integration="default", swept_at=NOON)
    return operator(*PERMISSIONS)


def refuse(count: int = 1, **values: Any) -> None:
    given = {
        "at": ago(minutes=3),
        "operation": "get_messages",
        "status": 401,
        "duration": 2,
        "detail": "The signature is wrong.",
        **values,
    }
    FinCall.objects.bulk_create(FinCall(**given) for _ in range(count))


def bars(page: str) -> list[list[str]]:
    """The kinds of the pieces of each bar that has some, chart by chart."""
    drawings = re.findall(r"<svg viewBox=\"0 0 \d+ 100.*?</svg>", page, flags=re.DOTALL)
    return [re.findall(r'class="fin-bar-(?!ground)(\w+)"', drawing) for drawing in drawings]


def test_nothing_has_happened_yet(olga: Client) -> None:
    page = get(olga, OVERVIEW)
    text = text_of(page)
    assert "default well Changes are sent as they come." in text
    assert "Latency in the last day -" in text
    assert "Waiting none" in text
    assert "Handovers that nobody has answered none" in text
    assert text.count("None.") == 3
    assert bars(page) == [[], []]
    assert "accepted</p>" not in page


def test_an_integration_that_nothing_is_known_of(client: Client) -> None:
    text = text_of(get(operator(*PERMISSIONS), OVERVIEW))
    assert "asleep Nothing has looked for what is due yet" in text


def test_changes_by_hour_and_what_became_of_them(olga: Client) -> None:
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
    page = get(olga, OVERVIEW)
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


def test_one_change_is_one(olga: Client) -> None:
    make_event(state="sent", created_at=ago(minutes=1))
    assert "Last 24 hours 1 change, 100 % accepted" in text_of(get(olga, OVERVIEW))


def test_latency_and_errors_are_of_the_posts_of_the_last_day(olga: Client) -> None:
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
    text = text_of(get(olga, OVERVIEW))
    assert "110 ms in the middle, 1.5 s at the 95th percentile" in text
    assert "Most frequent errors of the last day 2 503 Service Unavailable 1 timeout" in text


def test_what_waits_and_since_when(olga: Client) -> None:
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
    page = get(olga, OVERVIEW)
    text = text_of(page)
    assert "Waiting 2, the oldest for 9 min" in text
    assert "Handovers that nobody has answered 2, the oldest for 25 min" in text
    assert "1 change waits for a worker to find its integration." in text
    assert "?handover=unanswered" in page
    assert "well" in text


def test_what_waits_for_long_is_no_good_health(olga: Client) -> None:
    make_event(state="waiting", created_at=ago(minutes=10))
    assert "late The oldest change has waited for 10 min." in text_of(get(olga, OVERVIEW))


def test_the_last_failures(olga: Client) -> None:
    for number in range(7):
        event = make_event(str(number), cause=f"Reply {number}", detail="Fin answered 400.")
    make_event("8", state="sent", cause="Reply 8")
    page = get(olga, OVERVIEW)
    assert re.findall(r"Reply \d", page) == [f"Reply {number}" for number in (6, 5, 4, 3, 2)]
    assert f"/admin/fin_bridge/event/{event.pk}/change/" in page
    assert "/admin/helpdesk_demo/ticket/6/change/" in page


def test_refusals_and_failed_authentications_of_the_last_day(olga: Client) -> None:
    refuse(3)
    refuse(2, status=404, operation="get_conversation", detail="There is no conversation '7'.")
    refuse(status=200)
    refuse(at=ago(hours=25))
    text = text_of(get(olga, OVERVIEW))
    assert "5 refused, 3 of them because the caller could not be authenticated." in text
    assert "3 401 Unauthorized get_messages The signature is wrong. 11:57:00" in text
    assert "2 404 Not Found get_conversation There is no conversation" in text


def test_each_integration_has_a_section(olga: Client, settings: Settings) -> None:
    integrations = settings.FIN_BRIDGE_INTEGRATIONS
    settings.FIN_BRIDGE_INTEGRATIONS = {**integrations, "other": integrations["default"]}
    IntegrationState.objects.create(integration="other", swept_at=NOON, paused_at=NOON)
    make_event(state="sent", integration="other")
    text = text_of(get(olga, OVERVIEW))
    first, second = text.split("other paused")
    assert "0 changes" in first
    assert "1 change, 100 % accepted" in second


def test_settings_without_any(olga: Client, settings: Settings) -> None:
    settings.FIN_BRIDGE_INTEGRATIONS = {}
    assert "The settings name no integration." in get(olga, OVERVIEW)


def test_ten_statements_however_much_there_is(olga: Client, settings: Settings) -> None:
    integrations = settings.FIN_BRIDGE_INTEGRATIONS
    settings.FIN_BRIDGE_INTEGRATIONS = {**integrations, "other": integrations["default"]}
    for number in range(30):
        make_attempt(make_event(str(number), state="failed"))
        make_event(str(number), state="waiting", integration="other")
    refuse(30)
    with CaptureQueriesContext(connection) as queries:
        get(olga, OVERVIEW)
    assert len(queries) <= 10


def test_it_works_under_a_strict_content_security_policy(olga: Client) -> None:
    make_event(state="failed")
    page = get(olga, OVERVIEW)
    ours = page[page.index('<div id="content"') : page.index("<!-- END Content -->")]
    assert "style=" not in ours
    assert "<style" not in ours
    assert "<script" not in ours
    assert " on" not in "".join(re.findall(r"<[^>]+>", ours)).replace(" one", "")


def test_it_is_found_from_the_index_and_from_each_list(olga: Client) -> None:
    for address in ("/admin/fin_bridge/", "/admin/fin_bridge/event/"):
        assert f'href="{OVERVIEW}"' in get(olga, address)


def test_it_wants_the_permission_to_see_events() -> None:
    client = operator("view_integrationstate")
    assert client.get(OVERVIEW).status_code == 403
    assert OVERVIEW not in get(client, "/admin/fin_bridge/")
    assert Client().get(OVERVIEW).status_code == 302


# The drawing


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
