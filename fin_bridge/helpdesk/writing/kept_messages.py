"""Messages that the helpdesk has otherwise than they were written, or does not take at all.

A customer's words that the helpdesk refuses are kept here, shown to Fin from here, and offered to
the helpdesk again (`refused_messages`). Fin knows them by one id, before that and after it.
A private note is kept where the helpdesk has none. A long text that was split is kept whole.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import uuid4

from django.db import transaction

from ...database import clock
from ...models import KeptMessage, database
from ...records import Attachment, AuthorReference, NewMessage
from ...signals import alarm_raised, announce

logger = logging.getLogger("fin_bridge")

WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
"""The times between two tries; the last is repeated for ever."""


def refused(integration: str, conversation_id: str, new: NewMessage, reason: str) -> str:
    """Keep a customer's words, tell an operator, and return the id for Fin to know them by."""
    due_at = clock.now(database()) + WAITS[0]
    message_id = keep(integration, conversation_id, new, due_at=due_at, detail=reason[:500])
    detail = f"The helpdesk refused a customer's message in {conversation_id}: {reason}"
    logger.error(detail)
    alarm = partial(
        announce, alarm_raised, None, integration=integration, reason="message_refused"
    )
    transaction.on_commit(partial(alarm, detail=detail), using=database(), robust=True)
    return message_id


def keep(integration: str, conversation_id: str, new: NewMessage, **values: Any) -> str:
    """Keep a message that the helpdesk has not, and return the id by which Fin is to know it."""
    row = KeptMessage.objects.create(
        message_id=f"kept-{uuid4().hex}",
        integration=integration,
        conversation_id=conversation_id,
        content=_content(new),
        created_at=clock.now(database()),
        **values,
    )
    return str(row.message_id)


def join(integration: str, conversation_id: str, new: NewMessage, ids: Sequence[str]) -> None:
    """Keep a message whole that the helpdesk holds in several, and show Fin one message."""
    KeptMessage.objects.create(
        message_id=ids[0],
        integration=integration,
        conversation_id=conversation_id,
        content=_content(new),
        created_at=clock.now(database()),
        local_ids=list(ids),
    )


def _content(new: NewMessage) -> dict[str, Any]:
    return {**asdict(new), "created_at": None}


def message_of(row: KeptMessage) -> NewMessage:
    """Return a kept message as it was written."""
    content = dict(row.content)
    content["author"] = AuthorReference(**content["author"])
    content["attachments"] = tuple(Attachment(**file) for file in content["attachments"])
    return NewMessage(**content)
