"""axe over each page that people look at, in light and dark and at a phone's width."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from fin_bridge.models import ConversationState, FinCall, IntegrationState
from fin_bridge.testing import FinSimulator
from helpdesk_demo.models import Ticket
from helpdesk_demo.seed import seed
from tests.support.contract_helpdesk import ContractHelpdesk
from tests.support.contract_helpdesk import simulator as make_simulator
from tests.support.delivery_log import NOON, ago, make_attempt, make_event
from tests.support.world import Clock

SERIOUS = {"serious", "critical"}
LIGHT, DARK, PHONE = ("light", 1440), ("dark", 1440), ("light", 390)
ADMIN = "/admin/fin_bridge"


@pytest.fixture(params=[LIGHT, DARK, PHONE], ids=["light", "dark", "phone"])
def browser_page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    scheme, width = request.param
    with chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 844}, reduced_motion="reduce"
    ) as context:
        yield context.new_page()


OURS = {"include": [["#content"]], "exclude": [["#changelist-search"]]}
"""Of a page of the admin: the frame around it and the form to search are Django's."""


def serious(page: Page, context: dict[str, Any] | None = None) -> list[str]:
    """What axe finds, each with the first elements that it is about."""
    violations = Axe().run(page, context=context).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in violations
        if one["impact"] in SERIOUS
    ]


@pytest.fixture
def helpdesk(transactional_db: None, stopped_clock: Clock) -> Ticket:
    """The demo's story, and a log in which everything has happened."""
    stopped_clock.set(NOON)
    seed("demo")
    ticket = Ticket.objects.get(subject="Import from a spreadsheet")
    name = str(ticket.pk)
    for state in ("sent", "failed", "waiting", "cancelled", "merged", "sending"):
        make_attempt(make_event(name, state=state, cause="helpdesk_demo.Reply created"))
    make_attempt(make_event(name), status=503, outcome="unavailable")
    IntegrationState.objects.create(integration="default", swept_at=NOON)
    ConversationState.objects.create(
        integration="default",
        conversation_id=name,
        known_at=NOON,
        holder="people",
        handover="late",
        handed_over_at=ago(minutes=20),
        customer_read_at=NOON - timedelta(minutes=1),
    )
    for status in (200, 401, 404):
        FinCall.objects.create(
            at=ago(minutes=1), operation="get_user", status=status, duration=2, detail="Why."
        )
    return ticket


def log_in(page: Page, live_server: LiveServer, username: str) -> None:
    User.objects.filter(username=username).update(is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(username=username))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )


@pytest.mark.django_db(transaction=True)
def test_the_helpdesks_pages(
    browser_page: Page, live_server: LiveServer, helpdesk: Ticket
) -> None:
    page = browser_page
    page.goto(f"{live_server.url}/accounts/login/")
    assert serious(page) == []
    log_in(page, live_server, "sarah")
    for address in ("/", "/?show=mine&q=nothing", f"/tickets/{helpdesk.pk}/"):
        page.goto(f"{live_server.url}{address}")
        assert serious(page) == [], address
    page.get_by_label("Private note").check(force=True)
    assert serious(page) == []


@pytest.mark.django_db(transaction=True)
def test_the_operators_pages(
    browser_page: Page, live_server: LiveServer, helpdesk: Ticket
) -> None:
    page = browser_page
    log_in(page, live_server, "sarah")
    event = make_event(str(helpdesk.pk), detail="Fin answered 400.")
    make_attempt(event, status=400, outcome="rejected", answer="malformed")
    state = IntegrationState.objects.get()
    for address in (
        f"{ADMIN}/",
        f"{ADMIN}/integrationstate/overview/",
        f"{ADMIN}/integrationstate/",
        f"{ADMIN}/integrationstate/{state.pk}/change/",
        f"{ADMIN}/event/",
        f"{ADMIN}/event/{event.pk}/change/",
        f"{ADMIN}/conversationstate/?handover=unanswered",
        f"{ADMIN}/fincall/",
    ):
        page.goto(f"{live_server.url}{address}")
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert serious(page, OURS) == [], address


def test_the_messenger(browser_page: Page) -> None:
    page = browser_page
    with ContractHelpdesk("posts_only") as desk:
        fin: FinSimulator
        with make_simulator(desk, customers=[("Ada Lovelace", "ada@example.com")]) as fin:
            page.goto(fin.url)
            expect(page.get_by_role("button").first).to_be_visible()
            assert serious(page) == []
            conversation = fin.customer("Ada Lovelace", "ada@example.com").write("Hello")
            fin.wait_for(lambda: len(conversation.messages) == 2 and fin.is_idle)
            page.get_by_text("Ada Lovelace").first.click()
            assert serious(page) == []
            page.get_by_text("Hello").first.click()
            assert serious(page) == []
