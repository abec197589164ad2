"""The state that we remember of a conversation: its holder, what Fin was shown, and its pulls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ...database import sql, statements
from ...database.clock import to_microseconds
from ...exceptions import NotFoundError
from ...helpdesk.reading.snapshot import snapshot
from ...models import ConversationState, database
from ...records import Conversation
from .call import Call
from .checkpoints import Checkpoints, Passage


def locked(call: Call, conversation_id: str) -> ConversationState:
    """Return the conversation's state, made if need be, locked until the transaction ends."""
    state: ConversationState = ConversationState.objects.select_for_update().get_or_create(
        integration=call.integration.name, conversation_id=conversation_id
    )[0]
    state.known_at = state.known_at or call.began
    return state


def pulled(call: Call, conversation_id: str) -> Any:
    """Return the helpdesk's object of a conversation that Fin pulls.

    Raise `NotFoundError` where it is not this integration's. If it is gone, its state notes that
    Fin has been told so: it needs no reminder, and reconcile has nothing to tell of it.
    """
    try:
        return call.conversation(conversation_id)
    except NotFoundError:
        if call.desk.conversations.find(conversation_id) is None:
            _stamp_gone(call, conversation_id)
        raise


def _stamp_gone(call: Call, conversation_id: str) -> None:
    with transaction.atomic(using=database()):
        states = ConversationState.objects.known_to_fin().about(
            call.integration.name, [conversation_id]
        )
        told = {"pulled_at": call.began, "reminders": 0}
        if states.update(shown={}, extent={}, checkpoints=[], **told):
            _stamp_events(call, conversation_id)


def note_shown(call: Call, state: ConversationState, record: Conversation) -> None:
    """Note what this call's answer shows Fin of the conversation; the caller saves the state."""
    state.shown, state.shown_at = snapshot(record), call.began


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
        began = to_microseconds(call.began)
        _stamp(call, record.id, statements.STAMP_CONVERSATION, *values, began)


def checkpoints(call: Call, after_id: str) -> Checkpoints:
    """Return the checkpoints of the call's conversation; none where Fin asks for all messages."""
    if not after_id:
        return []
    states = ConversationState.objects.about(call.integration.name, [call.conversation_id])
    return states.values_list("checkpoints", flat=True).first() or []


def stamp_messages(
    call: Call, conversation_id: str, reached: Mapping[str, Any], passage: Passage
) -> None:
    """Note that Fin has pulled the conversation's messages, and which they were."""
    shown = json.dumps(reached), json.dumps(passage.checkpoints)
    with transaction.atomic(using=database(), savepoint=False):
        _stamp(call, conversation_id, statements.STAMP_MESSAGES, *shown)


def _stamp(call: Call, conversation_id: str, statement: str, *shown: Any) -> None:
    """Note that all which was sent before the pull began has reached Fin.

    The state's row is written first: that waits for a delivery which is just being settled, and
    whose events have to be stamped as well.
    """
    began, which = to_microseconds(call.began), (call.integration.name, conversation_id)
    values = (*shown, began, began, began, *which)
    if not sql.execute(statement, *values):
        locked(call, conversation_id)
        sql.execute(statement, *values)
    _stamp_events(call, conversation_id)


def _stamp_events(call: Call, conversation_id: str) -> None:
    began, which = to_microseconds(call.began), (call.integration.name, conversation_id)
    sql.execute(statements.STAMP_EVENTS, began, *which, began, *which, began)
