"""What is remembered of a conversation: who holds it, what Fin was shown, when it was pulled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from ..helpdesk.snapshot import snapshot
from ..models import ConversationState, Event, database
from ..records import Conversation
from .call import Call

_STAMPED: Final = ("known_at", "pulled_at", "reminders")
"""The columns that any pull changes."""


def locked(call: Call, conversation_id: str, *needed: str) -> ConversationState:
    """Its row, made if there is none, held until the transaction ends; Fin knows it now.

    `needed` are the columns to be read; all of them unless some are named.
    """
    row: dict[str, Any] = {
        "integration": call.integration.name,
        "conversation_id": conversation_id,
    }
    states = ConversationState.objects.select_for_update()
    wanted = states.only(*needed) if needed else states
    state: ConversationState = wanted.get_or_create(**row)[0]
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


def pulled(
    call: Call,
    obj: Any,
    record: Conversation | None = None,
    *,
    reached: Mapping[str, Any] | None = None,
) -> None:
    """Fin has pulled the conversation as in the record, or its messages, so far as they reached.

    What was sent before the pull began has reached it.

    The state's row first: it makes us wait for a delivery that is being settled, whose events
    are to be stamped.
    """
    conversation_id = call.desk.conversations.id_of(obj)
    with transaction.atomic(using=database(), savepoint=False):
        state = locked(call, conversation_id, *_STAMPED, "posted_at", "shown", "holder")
        state.pulled_at = max(state.pulled_at or call.began, call.began)
        state.reminders = 0
        changed = {*_STAMPED}
        if record is not None:
            note_holder(call, state, record)
            state.shown = snapshot(record)
            changed |= {"shown", "holder"}
        if reached is not None:
            state.extent = dict(reached)
            changed.add("extent")
        state.save(update_fields=changed)
        sent = Event.objects.filter(
            integration=call.integration.name,
            conversation_id=conversation_id,
            kind=Event.Kind.SYNC,
            state__in=[Event.State.SENT, Event.State.MERGED],
            pulled_at__isnull=True,
        )
        if state.posted_at is None or state.posted_at > call.began:
            sent = sent.filter(settled_at__lte=call.began)
        sent.update(pulled_at=call.began)
