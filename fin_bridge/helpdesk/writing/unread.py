"""Messages that Fin has missed because the helpdesk's own code or storage failed at them."""

from __future__ import annotations

import logging
from typing import Final

from ...models import FinReference, Kept

logger = logging.getLogger("fin_bridge")

KIND: Final = FinReference.Kind.MESSAGE  # of messages, that table has nothing else


def leave_out(part: str, message_id: str, conversation_id: str) -> None:
    """Log the failure that is being handled, and remember the message until it can be read.

    `part` is the name of the part, for the log.
    """
    logger.exception(
        "Message %s of %s in conversation %s cannot be read.", message_id, part, conversation_id
    )
    values = {"conversation": conversation_id}
    Kept.objects.get_or_create(kind=KIND, local_id=message_id, defaults={"values": values})
