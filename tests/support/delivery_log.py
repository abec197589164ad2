"""The delivery log in the admin, for tests: its addresses, its operators, and rows to look at."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import path

from fin_bridge.models import Attempt, Event

urlpatterns = [path("admin/", admin.site.urls)]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

LIST = "/admin/fin_bridge/event/"

PERMISSIONS = ["view_event", "resend_event", "cancel_event"]


def operator(*permissions: str) -> Client:
    user = User.objects.create_user("olga", password="demo", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def ago(**parts: float) -> datetime:
    return NOON - timedelta(**parts)


def make_event(conversation_id: str = "7", **values: Any) -> Event:
    given = {
        "integration": "default",
        "state": Event.State.FAILED,
        "created_at": ago(minutes=5),
        "due_at": ago(minutes=5),
        **values,
    }
    event: Event = Event.objects.create(conversation_id=conversation_id, **given)
    return event


def make_attempt(event: Event, **values: Any) -> Attempt:
    given = {
        "integration": event.integration,
        "conversation_id": event.conversation_id,
        "started_at": ago(minutes=4),
        "duration": 120,
        "outcome": "sent",
        "status": 204,
        "url": "https://fin.example.com/hook",
        "request_body": f'{{"conversation_id": "{event.conversation_id}"}}',
        **values,
    }
    attempt: Attempt = Attempt.objects.create(event=event, **given)
    return attempt


def text_of(page: str) -> str:
    """What a reader sees: no tags, single spaces."""
    page = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def get(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def rows(page: str) -> list[str]:
    [table] = re.findall(r'<table id="result_list">(.*?)</table>', page, flags=re.DOTALL)
    return [text_of(row) for row in table.split("<tr>")[2:]]


def said(client: Client, response: Any) -> str:
    """The message on the page that a POST leads to."""
    assert response.status_code == 302
    page = client.get(response.url).content.decode()
    found = re.findall(r'<ul class="messagelist">(.*?)</ul>', page, flags=re.DOTALL)
    return text_of(found[0]).strip() if found else ""


STATES = "/admin/fin_bridge/integrationstate/"
