"""Customers' words that the helpdesk has refused, offered to it again from time to time."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from ..exceptions import RefusedError
from ..models import KeptMessage, database
from ..records import AuthorReference, NewMessage
from .owner import Context
from .parts.helpdesk import Helpdesk, current
from .writing.kept_messages import WAITS, message_of
from .writing.own_writes import as_fin

logger = logging.getLogger("fin_bridge")

BATCH: Final = 100


def resubmit(now: datetime) -> None:
    """Offer the helpdesk once more each message that it refused and that is due."""
    due = KeptMessage.objects.filter(due_at__lte=now).order_by("due_at")
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic(using=database()):
            for row in KeptMessage.objects.select_for_update().filter(pk=pk, due_at__lte=now):
                _offer(row, now)


def _offer(row: KeptMessage, now: datetime) -> None:
    row.tries += 1
    row.due_at = now + WAITS[min(row.tries, len(WAITS) - 1)]
    try:
        with transaction.atomic(using=database()), as_fin():
            row.local_ids = _write(row)
            row.due_at, row.detail = None, ""
    except Exception as error:
        logger.warning("The helpdesk refused message %s again.", row.message_id, exc_info=True)
        row.detail = str(error)[:500]
    row.save(update_fields=["tries", "due_at", "detail", "local_ids"])


def _write(row: KeptMessage) -> list[str]:
    """Write the message, and return the ids of what the helpdesk made of it."""
    desk = current()
    conversation = desk.conversations.get(row.conversation_id, lock=True)
    new = _by_its_customer(desk, conversation, message_of(row))
    part = desk.part_for(new)
    assert part is not None, "a customer's words are no private note"
    obj, _ = part.create(conversation, new, Context(row.integration))
    first = part.id_of(obj)
    pieces = KeptMessage.objects.filter(message_id=first).first()
    if pieces is None:
        return [first]
    pieces.delete()
    return list(pieces.local_ids)


def _by_its_customer(desk: Helpdesk, conversation: Any, new: NewMessage) -> NewMessage:
    """Return the message as the conversation's present customer's; another one may have it now.

    Raise `RefusedError` while it has none.
    """
    user = desk.conversations.read(conversation, "user")
    if user is None:
        raise RefusedError("The conversation has no customer any more.")
    author = AuthorReference(desk.end_users.id_of(user), "end_user")
    return replace(new, author=author)
