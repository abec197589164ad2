"""Who is at which conversation: what every request of this door must show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..exceptions import NotFoundError
from ..helpdesk import current
from ..helpdesk.scope import fins
from ..records import Agent


@dataclass(frozen=True, slots=True)
class Admitted:
    """An agent at a conversation of Fin's: the helpdesk's objects, and how Fin knows them."""

    user: Any
    agent: Agent
    conversation: Any
    conversation_id: str
    integration: str


def admit(user: Any, conversation_id: str) -> Admitted:
    """Whoever is logged in, as the agent that they are, at a conversation that they may see.

    Raises `NotFoundError` for who is no agent, and for a conversation that does not exist, is not
    Fin's or is not shown to this agent; the four look alike.
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
    """Whether the helpdesk shows this conversation to this agent: the one rule for all of it."""
    conversations = current().conversations
    itself = conversations.queryset().filter(pk=conversation.pk)
    return bool(conversations.visible_to(itself, agent).exists())
