"""Messages that the helpdesk has otherwise than they were written, or does not take at all.

A customer's words that it refuses are kept by us, shown to Fin from here, alarmed, and tried again
from time to time. The id that Fin got for them stays theirs when the helpdesk has taken them.
So is a private note where the helpdesk has none, without alarm: there is nothing to try again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import uuid4

from django.db import transaction

from ...database import clock
from ...models import KeptMessage, database
from ...records import Attachment, AuthorReference, NewMessage
from ...signals import alarm_raised, announce
from .own_writes import as_fin

logger = logging.getLogger("fin_bridge")

_WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
"""How long until the next try; the last for ever."""

BATCH: Final = 100


def refused(integration: str, conversation_id: str, new: NewMessage, reason: str) -> str:
    """Keep a customer's words, and tell an operator; the id under which Fin will know them."""
    due_at = clock.now(database()) + _WAITS[0]
    message_id = keep(integration, conversation_id, new, due_at=due_at, detail=reason[:500])
    detail = f"The helpdesk refused a customer's message in {conversation_id}: {reason}"
    logger.error(detail)
    alarm = partial(
        announce, alarm_raised, None, integration=integration, reason="message_refused"
    )
    transaction.on_commit(partial(alarm, detail=detail), using=database(), robust=True)
    return message_id


def keep(integration: str, conversation_id: str, new: NewMessage, **again: Any) -> str:
    """Keep a message that the helpdesk has not; the id under which Fin will know it."""
    row = KeptMessage.objects.create(
        message_id=f"kept-{uuid4().hex}",
        integration=integration,
        conversation_id=conversation_id,
        content=_content(new),
        created_at=clock.now(database()),
        **again,
    )
    return str(row.message_id)


def join(integration: str, conversation_id: str, new: NewMessage, ids: Sequence[str]) -> None:
    """Have Fin shown as one what the helpdesk holds in several messages."""
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
    """As it was written."""
    content = dict(row.content)
    content["author"] = AuthorReference(**content["author"])
    content["attachments"] = tuple(Attachment(**one) for one in content["attachments"])
    return NewMessage(**content)


def retry(now: datetime) -> None:
    """Offer the helpdesk once more what it refused and what is due."""
    due = KeptMessage.objects.filter(due_at__lte=now).order_by("due_at")
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic(using=database()):
            for row in KeptMessage.objects.select_for_update().filter(pk=pk, due_at__lte=now):
                _offer(row, now)


def _offer(row: KeptMessage, now: datetime) -> None:
    row.tries += 1
    row.due_at = now + _WAITS[min(row.tries, len(_WAITS) - 1)]
    try:
        with transaction.atomic(using=database()), as_fin():
            row.local_ids = _write(row)
            row.due_at, row.detail = None, ""
    except Exception as error:
        logger.warning("The helpdesk refused message %s again.", row.message_id, exc_info=True)
        row.detail = str(error)[:500]
    row.save(update_fields=["tries", "due_at", "detail", "local_ids"])


def _write(row: KeptMessage) -> list[str]:
    """The ids of what the helpdesk made of it."""
    from ..configured import current
    from ..parts.part import Context

    desk, new = current(), message_of(row)
    conversation = desk.conversations.get(row.conversation_id, lock=True)
    part = desk.part_for(new)
    assert part is not None, "a customer's words are no private note"
    obj, _ = part.create(conversation, new, Context(row.integration))
    first = part.id_of(obj)
    pieces = KeptMessage.objects.filter(message_id=first).first()
    if pieces is None:
        return [first]
    pieces.delete()
    return list(pieces.local_ids)
