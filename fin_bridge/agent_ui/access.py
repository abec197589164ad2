"""Access to a conversation: each request of this door must come from an agent who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..exceptions import NotFoundError
from ..helpdesk import current
from ..helpdesk.scope import fins
from ..records import Agent


@dataclass(frozen=True, slots=True)
class Admitted:
    """An agent at a conversation of Fin's: the helpdesk's two objects, and how Fin knows them."""

    user: Any
    agent: Agent
    conversation: Any
    conversation_id: str
    integration: str


def admit(user: Any, conversation_id: str) -> Admitted:
    """Admit a user who is logged in, as an agent, to a conversation that this agent may see.

    Raise `NotFoundError` for a user who is no agent, and for a conversation that does not exist,
    is not Fin's or is not shown to this agent. The four are answered alike.
    """
    desk = current()
    agent = desk.agents.for_user(user)
    conversation = None if agent is None else desk.conversations.find(conversation_id)
    if conversation is None:
        raise NotFoundError("There is no such conversation.")
    integration = fins(desk, {conversation_id: conversation}).get(conversation_id)
    if integration is None or not may_see(agent, conversation):
        raise NotFoundError("There is no such conversation.")
    record = desk.agents.record(agent)
    return Admitted(agent, record, conversation, conversation_id, integration)


def may_see(agent: Any, conversation: Any) -> bool:
    """Return whether the helpdesk shows this conversation to this agent.

    Typing, taking over and the panel all ask here and nowhere else.
    """
    conversations = current().conversations
    rows = conversations.queryset().filter(pk=conversation.pk)
    return bool(conversations.visible_to(rows, agent).exists())
