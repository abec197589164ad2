"""The lists of the admin say what Django's own would, with less work for each row."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.test import Client
from django.test.html import parse_html
from django.urls import path

from fin_bridge.admin.read_only import ReadOnlyAdmin
from fin_bridge.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [path("admin/", admin.site.urls)]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIST = "/admin/fin_bridge/event/"


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
