"""What Fin was shown of a conversation, to see later what has changed and who changed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Max

from ...json_values import plain
from ...records import Conversation
from ..fields.path import Path
from ..parts.helpdesk import Helpdesk
from . import end_users


def snapshot(record: Conversation) -> dict[str, Any]:
    """Return what Fin sees of a conversation and may itself change, as JSON."""
    seen: dict[str, Any] = plain(
        {
            "title": record.title,
            "tags": list(record.tags),
            "status": record.status,
            "assignee_id": None if record.assignee is None else record.assignee.id,
            "attributes": dict(record.attributes),
            "user": end_users.shown_of(record.user),
        }
    )
    return seen


def is_known(
    now: Mapping[str, Any],
    shown: Mapping[str, Any],
    shown_at: datetime | None,
    written: Mapping[str, Any],
) -> bool:
    """Return whether a conversation's snapshot is as Fin was shown it, or wrote it since.

    `written` is what Fin has written of the end user: see `end_users.written_of`.
    """
    user, person = now["user"], shown.get("user", {})
    if {**now, "user": None} != {**shown, "user": None} or user["id"] != person.get("id"):
        return False
    values = end_users.values_of(user)
    return values == end_users.known(end_users.values_of(person), shown_at, written, values)


def extent(desk: Helpdesk, conversation: Any) -> dict[str, Any]:
    """Return the number of messages and the time of the last one, by the prefix of their part.

    It takes one statement for each table of messages. Their texts do not count: Fin does not look
    at a message again.
    """
    extents = {}
    for part in desk.messages:
        if part is not desk.opening:
            created = part.fields.get("created_at")
            last = {"last": Max(created.lookup)} if isinstance(created, Path) else {}
            messages = part.queryset().filter(**part.matching(conversation))
            extents[part.prefix] = messages.aggregate(count=Count("pk"), **last)
    counted: dict[str, Any] = plain(extents)
    return counted
