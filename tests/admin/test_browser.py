"""The delivery log in a real browser: an operator finds what failed and sends it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from fin_bridge.database import clock
from fin_bridge.models import Attempt, Event, database

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.support.delivery_log"),
]


@pytest.fixture
def failed(transactional_db: None) -> Event:
    """Twelve events, of which the newest has failed twice."""
    now = clock.now(database())
    for minutes in range(12, 0, -1):
        at = now - timedelta(minutes=minutes)
        state = Event.State.SENT if minutes > 1 else Event.State.FAILED
        event: Event = Event.objects.create(
            integration="default",
            conversation_id=str(minutes % 4),
            state=state,
            cause=f"support.Reply {minutes} created",
            created_at=at,
            due_at=at,
            settled_at=at + timedelta(seconds=5),
            detail="" if minutes > 1 else "Fin answered 400.",
        )
    for seconds in (1, 4):
        Attempt.objects.create(
            event=event,
            integration="default",
            conversation_id="1",
            started_at=event.created_at + timedelta(seconds=seconds),
            duration=80,
            outcome="rejected",
            status=400,
            url="https://fin.example.com/hook",
            request_headers={"X-Webhook-Key": "•••"},
            request_body='{"conversation_id": "1"}',
            answer="conversation_id is malformed",
        )
    return event


def log_in(page: Page, address: str) -> None:
    User.objects.create_superuser("olga", password="demo")
    page.goto(address)
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in").click()


def test_an_operator_finds_what_failed_and_sends_it_again(
    page: Page, live_server: LiveServer, failed: Event
) -> None:
    log_in(page, f"{live_server.url}/admin/fin_bridge/event/")

    expect(page.locator("#result_list tbody tr")).to_have_count(12)
    filters = page.locator("#changelist-filter")
    filters.get_by_role("link", name="failed").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list .field-last_answer")).to_have_text("400 Bad Request")
    filters.get_by_label("A day").fill(failed.created_at.date().isoformat())
    filters.get_by_role("button", name="Show").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)

    page.locator("#result_list .field-created a, #result_list th a").first.click()
    expect(page.locator(".fin-verdict")).to_contain_text("Fin did not get it: Fin answered 400.")
    expect(page.get_by_text("conversation_id is malformed").last).to_be_visible()
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(".messagelist")).to_contain_text(f"from event {failed.pk}")
    expect(page.locator(".fin-verdict")).to_contain_text("Fin has not got it yet.")
    assert Event.objects.get(resend_of=failed).state == "waiting"

    page.get_by_role("link", name="All events of this conversation").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(4)


def strict(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """The middleware of a host that lets a page run nothing but its own files."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = "default-src 'self'"
        return response

    return middleware


VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(`${event.violatedDirective}: ${event.sourceFile} ${event.sample}`);
    });
"""


@pytest.mark.parametrize("place", ["integrationstate/overview/", "event/", "event/{}/change/"])
def test_a_strict_content_security_policy_is_no_obstacle(
    page: Page, live_server: LiveServer, failed: Event, settings: Settings, place: str
) -> None:
    settings.MIDDLEWARE = [f"{__name__}.strict", *settings.MIDDLEWARE]
    page.add_init_script(VIOLATIONS)
    log_in(page, f"{live_server.url}/admin/fin_bridge/{place.format(failed.pk)}")

    expect(page.locator("#content h1").first).to_be_visible()
    assert page.evaluate("window.violations") == []


def test_the_charts_keep_their_colours_under_it(
    page: Page, live_server: LiveServer, failed: Event, settings: Settings
) -> None:
    settings.MIDDLEWARE = [f"{__name__}.strict", *settings.MIDDLEWARE]
    log_in(page, f"{live_server.url}/admin/fin_bridge/integrationstate/overview/")

    chart = page.get_by_role("img", name="Last 24 hours")
    fills = chart.locator("rect").evaluate_all(
        "bars => bars.map((bar) => getComputedStyle(bar).fill)"
    )
    assert len(set(fills)) >= 2
    assert "rgb(0, 0, 0)" not in fills
