"""The operations on messages: which of them Fin is shown, and how its own are written."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import OperationalError, transaction

from ...conf import conf
from ...exceptions import NotFoundError, RefusedError
from ...helpdesk.reading.snapshot import extent
from ...helpdesk.reading.timeline import Timeline, message
from ...helpdesk.writing import kept_messages
from ...models import ConversationState, FinReference, database
from ...records import Agent, Message, NewMessage
from ..wire.responses import FORGET
from . import conversation_state
from .authors import author
from .call import Call
from .checkpoints import Passage, with_message
from .references import gone, is_fins, once
from .wording import says_nothing, whole

logger = logging.getLogger("fin_bridge")

KIND = FinReference.Kind.MESSAGE


def get_messages(call: Call, request: tuple[str, str]) -> Iterator[Any]:
    """Yield what Fin may see and what is whole; whatever is not yet is announced again.

    Where Fin has all messages up to `after_id`, `FORGET` follows that message, and what is left
    are the later ones.
    """
    conversation_id, after_id = request
    timeline = Timeline(call.desk, conversation_state.pulled(call, conversation_id))
    passage = Passage(conversation_state.checkpoints(call, after_id), after_id)
    # The extent from before they are read: what is written in between may not be among them.
    call.stamp = partial(
        conversation_state.stamp_messages,
        *(call, timeline.conversation_id, timeline.extent, passage),
    )
    return _unknown(call, timeline, passage)


def _unknown(call: Call, timeline: Timeline, passage: Passage) -> Iterator[Any]:
    for shown in _shown(call, timeline):
        yield shown
        if passage.is_known_up_to(shown.id):
            yield FORGET


def _shown(call: Call, timeline: Timeline) -> Iterator[Message]:
    held_back, notes, young = False, conf.show_private_notes, call.began - conf.settle
    for created_at, shown, is_whole in timeline:
        if shown.visibility == "private" and not notes:
            continue
        is_young = young < created_at <= call.began
        if (is_young or not is_whole) and not _is_fins(call, shown):
            held_back = True
        else:
            yield shown
    if held_back:
        call.tell("held back until whole")


def _is_fins(call: Call, message: Message) -> bool:
    """Return whether Fin wrote it; any other must be whole, for Fin ignores what it has seen."""
    by_fin = isinstance(message.author, Agent) and message.author.id == call.agent_id
    return by_fin or is_fins(call, KIND, message.id)


def create_message(call: Call, request: tuple[str, NewMessage]) -> Message:
    """Create a message by Fin's agent or by the conversation's end user, once per `object_id`."""
    conversation_id, new = request
    call.living_conversation(conversation_id)
    message_id = once(call, KIND, new.object_id, lambda: _create(call, conversation_id, new))
    found = _written(call, conversation_id, message_id, new)
    if found is None:
        raise gone(KIND)
    return replace(found, conversation_id=conversation_id)


def _written(call: Call, conversation_id: str, message_id: str, new: NewMessage) -> Message | None:
    """Return the message from what a conversation lives on as, else from the conversation."""
    conversations = call.desk.conversations
    obj = conversations.find(conversation_id)
    living = conversations.living(conversation_id, obj)
    found = None if living is None else fetch(call, living, message_id, new)
    if found is None and obj is not None and obj is not living:
        return fetch(call, obj, message_id, new)
    return found


def _create(call: Call, conversation_id: str, new: NewMessage) -> str:
    obj = call.living_conversation(conversation_id, lock=True)
    state = conversation_state.locked(call, conversation_id)
    customers, state = state.customers, _living_state(call, obj, state)
    new = whole(new)
    if not new.attachments and says_nothing(new.body or ""):
        raise RefusedError("A message has a body or attachments.")
    if new.author.user_type == "agent":
        call.writes_as(new.author)
        if not state.holder and new.visibility == "public":
            state.holder = ConversationState.Holder.FIN
    else:
        new = replace(new, author=author(call, obj, new.author, customers))
        _reopen(call, obj, state)
    seen = state.extent == extent(call.desk, obj)
    message_id = accept(call, obj, new)
    if seen:  # else somebody has written what Fin has not seen: that difference must stay
        state.extent = extent(call.desk, obj)
    state.checkpoints = with_message(state.checkpoints, message_id)
    state.save(update_fields=["known_at", "holder", "shown", "extent", "checkpoints"])
    return message_id


def _living_state(call: Call, living: Any, state: ConversationState) -> ConversationState:
    """Return the state of what a conversation lives on as; Fin is told where its words are."""
    living_id = call.desk.conversations.id_of(living)
    if living_id == state.conversation_id:
        return state
    call.entry.conversation_id = living_id
    call.tell(f"Fin wrote into {state.conversation_id}, which was merged into this one")
    return conversation_state.locked(call, living_id)


def _reopen(call: Call, conversation: Any, state: ConversationState) -> None:
    """Reopen a closed conversation in which the end user writes, as Fin's doing.

    Where the helpdesk does not reopen it, it may still take the message.
    """
    conversations = call.desk.conversations
    if conversations.read(conversation, "status") == "open":
        return
    try:
        with transaction.atomic(using=database()):
            conversations.reopen(conversation, call.context)
    except OperationalError:
        raise
    except Exception:
        logger.exception("Conversation %s was not reopened.", call.conversation_id)
    if "status" in state.shown:
        state.shown["status"] = conversations.read(conversation, "status")


def accept(call: Call, conversation: Any, new: NewMessage) -> str:
    """Write a message and return its id; an end user's that the helpdesk refuses is kept by us."""
    if new.author.user_type == "agent":
        return write(call, conversation, new)
    try:
        if call.desk.conversations.read(conversation, "user") is None:
            raise RefusedError("The conversation has no customer any more.")
        with transaction.atomic(using=database()):
            return write(call, conversation, new)
    except OperationalError:  # it is done once more
        raise
    except Exception as error:
        logger.exception("A customer's message is kept by us.")
        call.entry.detail = f"kept by us, since the helpdesk refused it: {error}"
        return kept_messages.refused(
            call.integration.name, call.conversation_id, new, str(error) or type(error).__name__
        )


def write(call: Call, conversation: Any, new: NewMessage) -> str:
    """Write a message where the helpdesk has a place for it, else keep it; return its id."""
    part = call.desk.part_for(new)
    if part is None:
        return kept_messages.keep(call.integration.name, call.conversation_id, new)
    obj, stands = part.create(conversation, new, call.context)
    if not stands:
        call.tell("the helpdesk changed what Fin wrote")
    return part.id_of(obj)


def fetch(call: Call, conversation: Any, message_id: str, new: NewMessage) -> Message | None:
    """Return a message as it reads now, or as Fin wrote it where it is not shown; None if gone."""
    try:
        found = message(call.desk, conversation, message_id)
    except NotFoundError:
        return None
    return found or Message(
        id=message_id,
        conversation_id=call.desk.conversations.id_of(conversation),
        author=call.desk.author(new.author),
        visibility=new.visibility,
        created_at=call.began,
        body=new.body,
        attachments=new.attachments,
    )
