"""The operations that show and create a conversation; `updates.py` has the one that changes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...helpdesk.reading.snapshot import extent
from ...helpdesk.reading.timeline import Timeline
from ...helpdesk.writing import kept_values
from ...models import ConversationState, FinReference
from ...records import AuthorReference, Conversation, Message, NewConversation, NewMessage
from ..wire.response_bodies import Created
from . import conversation_state
from .call import Call, writing
from .checkpoints import with_message
from .customers import find_or_create_user, note_attributes
from .messages import accept, fetch
from .references import find, gone, once, remember
from .repair import create_leniently
from .wording import whole

KIND = FinReference.Kind.CONVERSATION


def get_conversation(call: Call, conversation_id: str) -> Conversation:
    """Return the conversation's record, and stamp it as pulled."""
    obj = conversation_state.pulled(call, conversation_id)
    record = call.desk.conversations.record(obj)
    conversation_state.stamp_conversation(call, record)
    return record


def create_conversation(call: Call, new: NewConversation) -> Created:
    """Create a conversation that Fin holds, with its first message, once for each `object_id`."""
    user = find_or_create_user(call, new.user)
    conversation_id = once(call, KIND, new.object_id, lambda: _create(call, new, user))
    call.entry.conversation_id = conversation_id
    obj = call.desk.conversations.find(conversation_id)
    if obj is None:
        raise gone(KIND)
    created = Created(call.desk.conversations.record(obj), _first_message(call, obj, new.message))
    _note_shown(call, obj, created.conversation)
    return created


def _create(call: Call, new: NewConversation, user: Any) -> str:
    conversations = call.desk.conversations
    note_attributes(call, user, new.user)
    message = _by(call, user, whole(new.message))
    obj, refused = create_leniently(
        replace(new, message=message), lambda less: conversations.create(less, user, call.context)
    )
    conversation_id = call.entry.conversation_id = conversations.id_of(obj)
    if refused:
        kept_values.keep(KIND, conversation_id, refused)
    opening = call.desk.opening
    if opening is not None and opening.takes(message):
        message_id = opening.id_of(obj)
    else:
        message_id = accept(call, obj, message)
    remember(call, FinReference.Kind.MESSAGE, message.object_id, message_id)
    state = conversation_state.locked(call, conversation_id)
    state.holder = ConversationState.Holder.FIN
    state.checkpoints = with_message([], message_id)
    state.save(update_fields=["known_at", "holder", "checkpoints"])
    return conversation_id


def _by(call: Call, user: Any, message: NewMessage) -> NewMessage:
    """Return the message with its author: an agent that Fin may write as, or the end user."""
    if message.author.user_type == "agent":
        call.writes_as(message.author)
        return message
    author = AuthorReference(call.desk.end_users.id_of(user), "end_user")
    return replace(message, author=author)


def _first_message(call: Call, obj: Any, new: NewMessage) -> Message:
    message_id = find(call, FinReference.Kind.MESSAGE, new.object_id)
    found = None if message_id is None else fetch(call, obj, message_id, new)
    if found is None:
        found = next((shown.message for shown in Timeline(call.desk, obj)), None)
    if found is None:
        raise gone(FinReference.Kind.MESSAGE)
    return found


def _note_shown(call: Call, obj: Any, record: Conversation) -> None:
    with writing():
        state = conversation_state.locked(call, record.id)
        conversation_state.note_shown(call, state, record)
        state.extent = extent(call.desk, obj)
        conversation_state.note_customer(state, record)
        state.save(update_fields=["known_at", "shown", "shown_at", "customers", "extent"])
