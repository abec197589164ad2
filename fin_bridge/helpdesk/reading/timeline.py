"""The messages of one conversation as Fin is shown them: of all parts, and those kept by us."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from ...exceptions import NotFoundError
from ...records import Message, Shown
from ..fields.author import Authors
from ..parts.helpdesk import Helpdesk
from ..parts.messages import Messages
from .kept_messages import KeptMessages
from .one_table import FEW, messages_of, row_of
from .snapshot import extent


class Timeline:
    """All messages of a conversation, oldest first."""

    def __init__(self, desk: Helpdesk, conversation: Any) -> None:
        self._desk, self._conversation = desk, conversation
        self.extent = extent(desk, conversation)
        """How far the messages reached before they were read, as `snapshot.extent` tells it."""
        self.conversation_id = desk.conversations.id_of(conversation)
        self._kept = KeptMessages.load(desk, self.conversation_id)

    def __iter__(self) -> Iterator[Shown]:
        return self._with_kept() if self._kept.rows else self._merged()

    def _with_kept(self) -> Iterator[Shown]:
        for shown in self._merged():
            message = self._kept.over(shown.message)
            if message is not None:
                yield shown._replace(message=message)

    def _merged(self) -> Iterator[Shown]:
        """Yield all messages by time; at one moment, in the order of their parts."""
        self._desk.conversations.read(self._conversation, "user")  # once, for all messages
        authors: Authors = {}
        streams = [
            messages_of(part, self._conversation, authors, few=self._may_be_few(part))
            for part in self._desk.messages
        ]
        return heapq.merge(*streams, self._kept.refused(), key=itemgetter(0))

    def _may_be_few(self, part: Messages) -> bool:
        counted: int = self.extent.get(part.prefix, {}).get("count", 0)
        return counted <= FEW


def message(desk: Helpdesk, conversation: Any, message_id: str) -> Message | None:
    """Return a message of a conversation, or None where Fin is not shown the row.

    Raises `NotFoundError` for an id that is none of this conversation's.
    """
    conversation_id = desk.conversations.id_of(conversation)
    kept = KeptMessages.load(desk, conversation_id)
    row = kept.find(message_id)
    if row is not None and not row.local_ids:
        return kept.record(row)
    part, obj = _located(desk, conversation, message_id if row is None else row.local_ids[0])
    part.attach(obj, conversation)
    record = part.record(obj, conversation_id)
    return None if record is None else kept.over(record)


def _located(desk: Helpdesk, conversation: Any, local_id: str) -> tuple[Messages, Any]:
    for part in desk.messages:
        key = part.key(local_id)
        row = None if key is None else row_of(part, conversation, key)
        if row is not None:
            return part, row
    raise NotFoundError(f"The conversation has no message {local_id[:100]!r}.")
