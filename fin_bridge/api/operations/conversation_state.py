"""The state that we remember of a conversation: its holder, what Fin was shown, and its pulls."""

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
    """Return the conversation's state, made if need be, locked until the transaction ends."""
    state: ConversationState = ConversationState.objects.select_for_update().get_or_create(
        integration=call.integration.name, conversation_id=conversation_id
    )[0]
    state.known_at = state.known_at or call.began
    return state


def note_holder(call: Call, state: ConversationState, record: Conversation) -> None:
    """Note whether Fin or people hold the conversation, by its assignee in the helpdesk.

    The holder stays as it was where nobody is assigned. It stays also while we do not know Fin's
    agent, unless the assignee has changed since Fin was shown it: Fin may have assigned itself.
    """
    if record.assignee is None:
        return
    assignee, holders = record.assignee.id, ConversationState.Holder
    if assignee == call.agent_id:
        state.holder = holders.FIN
    elif call.agent_id or assignee != state.shown.get("assignee_id"):
        state.holder = holders.PEOPLE


def note_customer(state: ConversationState, record: Conversation) -> None:
    """Note the customer whom Fin is shown: that one may write into it whatever happens then."""
    if record.user.id not in state.customers:
        state.customers.append(record.user.id)


def stamp_conversation(call: Call, record: Conversation) -> None:
    """Note that Fin has pulled the conversation, and that it was shown this record."""
    with transaction.atomic(using=database(), savepoint=False):
        state = locked(call, record.id)
        note_holder(call, state, record)
        note_customer(state, record)
        values = json.dumps(snapshot(record)), json.dumps(state.customers), state.holder
        _stamp(call, record.id, statements.STAMP_CONVERSATION, *values)


def stamp_messages(call: Call, conversation_id: str, reached: Mapping[str, Any]) -> None:
    """Note that Fin has pulled the conversation's messages, as far as `snapshot.extent` says."""
    with transaction.atomic(using=database(), savepoint=False):
        _stamp(call, conversation_id, statements.STAMP_MESSAGES, json.dumps(reached))


def _stamp(call: Call, conversation_id: str, statement: str, *shown: str) -> None:
    """Note that all which was sent before the pull began has reached Fin.

    The state's row is written first: that waits for a delivery which is just being settled, and
    whose events have to be stamped as well.
    """
    began, which = to_microseconds(call.began), (call.integration.name, conversation_id)
    values = (*shown, began, began, began, *which)
    if not sql.execute(statement, *values):
        locked(call, conversation_id)
        sql.execute(statement, *values)
    sql.execute(statements.STAMP_EVENTS, began, *which, began, *which, began)
