"""What Fin was last shown of a conversation: to see what has changed since, and who changed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max

from ...encoding import plain
from ...records import Conversation
from ..fields.path import Path
from . import end_users

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
            "user": end_users.shown_of(record.user),
        }
    )
    return shown


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
