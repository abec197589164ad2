"""What is remembered of a conversation: who holds it, what Fin was shown, when it was pulled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ...database import sql, statements
from ...database.clock import to_microseconds
from ...helpdesk.reading.snapshot import snapshot
from ...models import ConversationState, database
from ...records import Conversation
from .call import Call


def locked(call: Call, conversation_id: str) -> ConversationState:
    """Its row, made if there is none, held until the transaction ends; Fin knows it now."""
    state: ConversationState = ConversationState.objects.select_for_update().get_or_create(
        integration=call.integration.name, conversation_id=conversation_id
    )[0]
    state.known_at = state.known_at or call.began
    return state


def note_holder(call: Call, state: ConversationState, record: Conversation) -> None:
    """Whoever is assigned holds it; where nobody is, who held it last is remembered.

    While Fin's agent is unknown, so it is for whom Fin assigned itself and nobody has changed.
    """
    if record.assignee is None:
        return
    assignee, holders = record.assignee.id, ConversationState.Holder
    if assignee == call.agent_id:
        state.holder = holders.FIN
    elif call.agent_id or assignee != state.shown.get("assignee_id"):
        state.holder = holders.PEOPLE


def pulled(call: Call, record: Conversation) -> None:
    """Fin has pulled the conversation as in the record."""
    with transaction.atomic(using=database(), savepoint=False):
        state = locked(call, record.id)
        note_holder(call, state, record)
        shown = json.dumps(snapshot(record))
        _stamp(call, record.id, statements.STAMP_CONVERSATION, shown, state.holder)


def read(call: Call, conversation_id: str, reached: Mapping[str, Any]) -> None:
    """Fin has pulled the conversation's messages, so far as they reached."""
    with transaction.atomic(using=database(), savepoint=False):
        _stamp(call, conversation_id, statements.STAMP_MESSAGES, json.dumps(reached))


def _stamp(call: Call, conversation_id: str, statement: str, *shown: str) -> None:
    """What was sent before the pull began has reached Fin.

    The state's row first: it makes us wait for a delivery that is being settled, whose events
    are to be stamped.
    """
    began, which = to_microseconds(call.began), (call.integration.name, conversation_id)
    values = (*shown, began, began, began, *which)
    if not sql.execute(statement, *values):
        locked(call, conversation_id)
        sql.execute(statement, *values)
    sql.execute(statements.STAMP_EVENTS, began, *which, began, *which, began)
