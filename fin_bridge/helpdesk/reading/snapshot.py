"""What Fin was last shown of a conversation: to see what has changed since, and who changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max

from ...encoding import plain
from ...records import Conversation
from ..fields.path import Path

if TYPE_CHECKING:
    from ..parts.helpdesk import Helpdesk


def snapshot(record: Conversation) -> dict[str, Any]:
    """What Fin sees of a conversation and may itself change."""
    shown: dict[str, Any] = plain(
        {
            "title": record.title,
            "tags": list(record.tags),
            "status": record.status,
            "assignee_id": None if record.assignee is None else record.assignee.id,
            "attributes": dict(record.attributes),
            "user": {"name": record.user.name, "attributes": dict(record.user.attributes)},
        }
    )
    return shown


def extent(desk: Helpdesk, conversation: Any) -> dict[str, Any]:
    """How many messages there are, and of when the last is; a statement for each table of them.

    Their texts do not count: what Fin has seen of a message it does not look at again.
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
