"""The messages of one conversation that are kept by us, laid over those of the helpdesk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...database import sql, statements
from ...models import KeptMessage
from ...records import Message, Shown
from ..parts.helpdesk import Helpdesk
from ..writing.kept_messages import message_of


@dataclass(frozen=True, slots=True)
class KeptMessages:
    """All that is kept of one conversation's messages, oldest first."""

    desk: Helpdesk
    rows: Sequence[KeptMessage]

    @classmethod
    def load(cls, desk: Helpdesk, conversation_id: str) -> KeptMessages:
        """Load them: one statement, and another for the few conversations that have some."""
        if not sql.fetch(statements.HAS_KEPT_MESSAGE, conversation_id):
            return cls(desk, ())
        rows = KeptMessage.objects.filter(conversation_id=conversation_id)
        return cls(desk, list(rows.order_by("created_at", "pk")))

    def refused(self) -> Iterator[Shown]:
        """Yield those that the helpdesk has not taken yet."""
        for row in self.rows:
            if not row.local_ids:
                yield Shown(row.created_at, self.record(row), is_whole=True)

    def record(self, row: KeptMessage) -> Message:
        """Return a message that the helpdesk has not, as it was written."""
        new = message_of(row)
        return Message(
            id=row.message_id,
            conversation_id=row.conversation_id,
            author=self.desk.author(new.author),
            visibility=new.visibility,
            created_at=row.created_at,
            body=new.body,
            attachments=new.attachments,
        )

    def over(self, message: Message) -> Message | None:
        """Return a message of the helpdesk's under the id that Fin knows, and with its whole text.

        Of several messages that are one to Fin, it is None for all but the first.
        """
        for row in self.rows:
            if message.id in row.local_ids[1:]:
                return None
            if message.id in row.local_ids:
                body = row.content["body"] if len(row.local_ids) > 1 else message.body
                return replace(message, id=row.message_id, body=body)
        return message

    def find(self, message_id: str) -> KeptMessage | None:
        """Return what is kept under an id that Fin knows, or None."""
        return next((row for row in self.rows if row.message_id == message_id), None)
