"""What is kept of one conversation's messages, and how that changes what Fin is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...database import sql, statements
from ...models import KeptMessage
from ...records import Message
from ..parts.messages import Messages
from ..writing.kept_messages import message_of
from .columns import Known, Shown

if TYPE_CHECKING:
    from ..parts.helpdesk import Helpdesk


@dataclass(frozen=True, slots=True)
class Overlay:
    """Over the messages that the helpdesk has."""

    rows: Sequence[KeptMessage]

    @classmethod
    def of(cls, conversation_id: str) -> Overlay:
        """One query, and another for the few conversations of which something is kept."""
        if not sql.fetch(statements.HAS_KEPT_MESSAGE, conversation_id):
            return cls(())
        rows = KeptMessage.objects.filter(conversation_id=conversation_id)
        needed = rows.only("message_id", "content", "local_ids", "created_at")
        return cls(list(needed.order_by("created_at", "pk")))

    def refused(self, since: datetime | None) -> list[KeptMessage]:
        """Those that the helpdesk has not taken yet, oldest first."""
        return [
            row
            for row in self.rows
            if not row.local_ids and (since is None or row.created_at >= since)
        ]

    def over(self, message: Message) -> Message | None:
        """A message of the helpdesk's under the id that Fin knows, and whole; None for a part."""
        for row in self.rows:
            if message.id in row.local_ids[1:]:
                return None
            if message.id in row.local_ids:
                body = row.content["body"] if len(row.local_ids) > 1 else message.body
                return replace(message, id=row.message_id, body=body)
        return message

    def find(self, message_id: str) -> KeptMessage | None:
        """What is kept under an id of Fin's."""
        return next((row for row in self.rows if row.message_id == message_id), None)


class Refused(Messages):
    """The part of what the helpdesk has not taken; its objects are rows of ours."""

    def __init__(self, desk: Helpdesk) -> None:
        self.desk = desk

    def timeline(  # type: ignore[override]  # they are at hand
        self, rows: Iterable[KeptMessage], conversation_id: str
    ) -> Iterator[Shown]:
        """Those of a conversation."""
        for row in rows:
            yield row.created_at, self.record(row, conversation_id), self, row

    def record(self, obj: Any, conversation_id: str, known: Known | None = None) -> Message:
        """As it was written."""
        new = message_of(obj)
        return Message(
            id=obj.message_id,
            conversation_id=conversation_id,
            author=self.desk.author(new.author),
            visibility=new.visibility,
            created_at=obj.created_at,
            body=new.body,
            attachments=new.attachments,
        )
