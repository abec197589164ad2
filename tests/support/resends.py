"""Events that are sent again by `manage.py resend_events`, for tests."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import call_command

from fin_bridge.models import Event

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_event(conversation_id: str = "7", **values: Any) -> Event:
    given = {
        "integration": "default",
        "state": Event.State.FAILED,
        "created_at": NOON - timedelta(hours=1),
        "due_at": NOON - timedelta(hours=1),
        **values,
    }
    event: Event = Event.objects.create(conversation_id=conversation_id, **given)
    return event


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("resend_events", *arguments, stdout=out)
    return out.getvalue()


def resends() -> list[Event]:
    return list(Event.objects.filter(resend_of__isnull=False).order_by("pk"))
