"""The overview: how each integration is, in words and bars that need no style of their own."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from fin_bridge.models import IntegrationState
from tests.support.delivery_log import NOON, ago, get, make_attempt, make_event, operator, text_of
from tests.support.overview_page import OVERVIEW, WATCHING, bars, refuse

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


def test_nothing_has_happened_yet(watcher: Client) -> None:
    page = get(watcher, OVERVIEW)
    text = text_of(page)
    assert "default well Changes are sent as they come." in text
    assert "Latency in the last day -" in text
    assert "Waiting none" in text
    assert "Handovers that nobody has answered none" in text
    assert text.count("None.") == 3
    assert bars(page) == [[], []]
    assert "accepted</p>" not in page


def test_an_integration_that_nothing_is_known_of(client: Client) -> None:
    text = text_of(get(operator(*WATCHING), OVERVIEW))
    assert "asleep No worker has looked for due events yet" in text


def test_what_waits_for_long_is_no_good_health(watcher: Client) -> None:
    make_event(state="waiting", created_at=ago(minutes=10))
    assert "late The oldest change has waited for 10 min." in text_of(get(watcher, OVERVIEW))


def test_the_last_failures(watcher: Client) -> None:
    for number in range(7):
        event = make_event(str(number), cause=f"Reply {number}", detail="Fin answered 400.")
    make_event("8", state="sent", cause="Reply 8")
    page = get(watcher, OVERVIEW)
    assert re.findall(r"Reply \d", page) == [f"Reply {number}" for number in (6, 5, 4, 3, 2)]
    assert f"/admin/fin_bridge/event/{event.pk}/change/" in page
    assert "/admin/helpdesk_demo/ticket/6/change/" in page


def test_each_integration_has_a_section(watcher: Client, settings: Settings) -> None:
    integrations = settings.FIN_BRIDGE_INTEGRATIONS
    settings.FIN_BRIDGE_INTEGRATIONS = {**integrations, "other": integrations["default"]}
    IntegrationState.objects.create(integration="other", swept_at=NOON, paused_at=NOON)
    make_event(state="sent", integration="other")
    text = text_of(get(watcher, OVERVIEW))
    first, second = text.split("other paused")
    assert "0 changes" in first
    assert "1 change, 100 % accepted" in second


def test_settings_without_any(watcher: Client, settings: Settings) -> None:
    settings.FIN_BRIDGE_INTEGRATIONS = {}
    assert "The settings name no integration." in get(watcher, OVERVIEW)


def test_ten_statements_however_much_there_is(watcher: Client, settings: Settings) -> None:
    integrations = settings.FIN_BRIDGE_INTEGRATIONS
    settings.FIN_BRIDGE_INTEGRATIONS = {**integrations, "other": integrations["default"]}
    for number in range(30):
        make_attempt(make_event(str(number), state="failed"))
        make_event(str(number), state="waiting", integration="other")
    refuse(30)
    with CaptureQueriesContext(connection) as queries:
        get(watcher, OVERVIEW)
    assert len(queries) <= 10


def test_it_works_under_a_strict_content_security_policy(watcher: Client) -> None:
    make_event(state="failed")
    page = get(watcher, OVERVIEW)
    ours = page[page.index('<div id="content"') : page.index("<!-- END Content -->")]
    assert "style=" not in ours
    assert "<style" not in ours
    assert "<script" not in ours
    assert " on" not in "".join(re.findall(r"<[^>]+>", ours)).replace(" one", "")


def test_it_is_found_from_the_index_and_from_each_list(watcher: Client) -> None:
    for address in ("/admin/fin_bridge/", "/admin/fin_bridge/event/"):
        assert f'href="{OVERVIEW}"' in get(watcher, address)


def test_it_wants_the_permission_to_see_events() -> None:
    client = operator("view_integrationstate")
    assert client.get(OVERVIEW).status_code == 403
    assert OVERVIEW not in get(client, "/admin/fin_bridge/")
    assert Client().get(OVERVIEW).status_code == 302
