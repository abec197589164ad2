"""Messages that were left out of a pull, looked at again until they can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...models import Kept
from ..parts.helpdesk import Helpdesk
from ..writing.unread import KIND

BATCH: Final = 200
"""The number of messages that are looked at in one go, chosen at random: those that never read
keep no others waiting."""


def readable_again(desk: Helpdesk) -> Iterator[str]:
    """Yield the ids of conversations with messages that can be read again, and forget these."""
    for row in Kept.objects.filter(kind=KIND).order_by("?")[:BATCH]:
        reads = _reads(desk, row.local_id)
        if reads is not False:
            row.delete()
        if reads:
            yield row.values["conversation"]


def _reads(desk: Helpdesk, message_id: str) -> bool | None:
    """Return whether a message can be read, or None if it is gone."""
    for part in desk.messages:
        obj = part.find(message_id)
        if obj is not None:
            return part.reads(obj)
    return None
