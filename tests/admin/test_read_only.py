"""The lists of the admin say what Django's own would, with less work for each row."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.test import Client
from django.test.html import parse_html
from django.urls import reverse

from fin_bridge.admin import read_only
from fin_bridge.admin.read_only import ReadOnlyAdmin
from fin_bridge.models import ConversationState, Event, FinCall, IntegrationState
from tests.support.delivery_log import LIST, NOON, get, make_event, operator, rows

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


@pytest.fixture
def event() -> Event:
    made: Event = Event.objects.create(
        conversation_id="<7>", state="failed", integration="default", created_at=NOON, due_at=NOON
    )
    return made


@pytest.fixture
def ada() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    return client


def link(page: str) -> str:
    [found] = re.findall(r'<th class="field-created"><a href="([^"]*)"', page)
    return str(found)


def test_a_row_leads_to_its_event(ada: Client, event: Event) -> None:
    page = ada.get(LIST).content.decode()
    assert link(page) == f"{LIST}{event.pk}/change/"


def test_the_way_back_from_an_event_leads_to_the_filtered_list(ada: Client, event: Event) -> None:
    filtered = f"{LIST}?state__exact=failed&q=%3C7%3E"
    there = link(ada.get(filtered).content.decode())
    assert there == (
        f"{LIST}{event.pk}/change/?_changelist_filters=state__exact%3Dfailed%26q%3D%253C7%253E"
    )
    close = re.findall(
        r'<a [^>]*href="([^"]*)" class="closelink"', ada.get(there).content.decode()
    )
    assert close == [filtered.replace("&", "&amp;")]


def test_the_checkbox_of_a_row_is_djangos(event: Event) -> None:
    model_admin = admin.site._registry[Event]
    assert isinstance(model_admin, ReadOnlyAdmin)
    ours = model_admin.action_checkbox(event)
    assert parse_html(ours) == parse_html(ModelAdmin.action_checkbox(model_admin, event))


def test_one_can_page_through_the_newest_only(
    olga: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = "Only the newest 60 are listed"
    monkeypatch.setattr(read_only.NewestPaginator, "most", 60)
    for number in range(59):
        make_event(str(number))
    page = get(olga, LIST)
    assert note not in page
    assert "59 delivery log events" in page
    make_event("last")
    make_event("very last")
    page = get(olga, f"{LIST}?p=2")
    assert note in page
    assert len(rows(page)) == 10


def test_nothing_is_added_changed_or_deleted(olga: Client, admin_client: Client) -> None:
    event = make_event()
    for client in (olga, admin_client):
        assert client.get(f"{LIST}add/").status_code == 403
        assert client.get(f"{LIST}{event.pk}/delete/").status_code == 403
        assert client.post(f"{LIST}{event.pk}/change/", {"cause": "x"}).status_code == 403
        assert "_save" not in get(client, f"{LIST}{event.pk}/change/")


def test_without_the_permission_to_look_there_is_nothing_to_see() -> None:
    client = operator("resend_event")
    event = make_event()
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{event.pk}/change/").status_code == 403


@pytest.mark.parametrize("model", [Event, IntegrationState, ConversationState, FinCall])
def test_all_pages_open_for_a_superuser_while_empty(admin_client: Client, model: Any) -> None:
    address = reverse(f"admin:fin_bridge_{model._meta.model_name}_changelist")
    assert f"0 {model._meta.verbose_name_plural}" in get(admin_client, address).replace(
        "&#x27;", "'"
    )
