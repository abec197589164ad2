"""The messages of one conversation as Fin is shown them: of all parts, and those that are kept."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from ...records import Message
from ..parts.messages import Messages
from .columns import Known, Shown
from .kept_messages import Overlay, Refused
from .preloaded import MOST
from .snapshot import extent

if TYPE_CHECKING:
    from ..parts.helpdesk import Helpdesk


class Timeline:
    """Oldest first; after a message of this conversation, those since `overlap` before it."""

    def __init__(
        self, desk: Helpdesk, conversation: Any, after_id: str, overlap: timedelta
    ) -> None:
        self._desk, self._conversation, self._after_id = desk, conversation, after_id
        self.extent = extent(desk, conversation)
        """How far the messages reached before they were read: see `snapshot.extent`."""
        self.conversation_id = desk.conversations.id_of(conversation)
        self._overlay = Overlay.of(self.conversation_id)
        after = self._moment(after_id) if after_id else None
        self._since = None if after is None else after - overlap

    def __iter__(self) -> Iterator[tuple[Message, Messages, Any]]:
        """Each with its part and, unless it was read from its columns, its object."""
        over, rows = self._overlay.over, self._overlay.rows
        hidden = None if self._since is None else self._after_id
        for _moment, message, part, obj in self._merged():
            shown = over(message) if rows and message is not None else message
            if shown is not None and shown.id != hidden:
                yield shown, part, obj

    def _merged(self) -> Iterator[Shown]:
        """All of them by time; at the same moment, by the order of the parts."""
        self._desk.conversations.read(self._conversation, "user")  # once, for all messages
        known: Known = {}
        streams = [
            part.timeline(self._conversation, self._since, known, few=self._are_few(part))
            for part in self._desk.messages
        ]
        kept = self._overlay.refused(self._since)
        refused = Refused(self._desk).timeline(kept, self.conversation_id)
        return heapq.merge(*streams, refused, key=itemgetter(0))

    def _are_few(self, part: Messages) -> bool:
        """Whether they may well be: so are those after a message, as a rule."""
        counted = self.extent.get(part.prefix, {}).get("count", 0)
        return self._since is not None or counted <= MOST

    def _moment(self, message_id: str) -> datetime | None:
        """When the message was created that Fin knows by an id; None if it is none of these."""
        row = self._overlay.find(message_id)
        if row is not None and not row.local_ids:
            return cast("datetime", row.created_at)
        local_id = message_id if row is None else row.local_ids[0]
        moments = (part.moment(self._conversation, local_id) for part in self._desk.messages)
        return next((moment for moment in moments if moment is not None), None)
