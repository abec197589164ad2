"""What Fin was shown of a conversation, to see later what has changed and who changed it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max

from ...json_values import plain
from ...records import Conversation
from ..fields.path import Path
from ..parts.helpdesk import Helpdesk


def snapshot(record: Conversation) -> dict[str, Any]:
    """Return what Fin sees of a conversation and may itself change, as JSON."""
    seen: dict[str, Any] = plain(
        {
            "title": record.title,
            "tags": list(record.tags),
            "status": record.status,
            "assignee_id": None if record.assignee is None else record.assignee.id,
            "attributes": dict(record.attributes),
            "user": {"name": record.user.name, "attributes": dict(record.user.attributes)},
        }
    )
    return seen


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
