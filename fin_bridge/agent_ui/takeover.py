"""Taking a conversation over from Fin: the agent who is quicker has it, and Fin hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from .. import notify
from ..conf import conf
from ..exceptions import FinBridgeError
from ..helpdesk import Context, current, fin_agent
from ..models import ConversationState, database
from ..records import Agent
from .access import Admitted


@dataclass(frozen=True, slots=True)
class Assignee:
    """The agent whom the helpdesk names as a conversation's assignee, if any."""

    agent: Agent | None
    is_fin: bool

    @property
    def person(self) -> Agent | None:
        """The assignee, unless that is Fin."""
        return None if self.is_fin else self.agent


def assignee_of(conversation: Any, integration: str) -> Assignee:
    """Read the assignee of the helpdesk's object, a conversation of that integration's."""
    desk = current()
    assignee = desk.conversations.read(conversation, "assignee")
    if assignee is None:
        return Assignee(None, is_fin=False)
    agent = desk.agents.record(assignee)
    return Assignee(agent, agent.id == fin_agent.agent_id(conf.integration(integration)))


class AlreadyTakenError(FinBridgeError):
    """Another person has the conversation; the text names that person."""


def take_over(admitted: Admitted) -> None:
    """Assign the conversation to the agent, here and in the helpdesk, and have Fin told of it.

    Raise `AlreadyTakenError` where a colleague has it, `RefusedError` where the helpdesk does not
    assign it, `NotFoundError` where it is gone. The row is locked: of two agents one is told.
    """
    conversations = current().conversations
    with transaction.atomic(using=database()):
        conversation = conversations.get(admitted.conversation_id, lock=True)
        person = assignee_of(conversation, admitted.integration).person
        if person is not None and person.id != admitted.agent.id:
            raise AlreadyTakenError(f"{person.name or 'Somebody'} has taken it already.")
        context = Context(admitted.integration, admitted.user)
        conversations.put(conversation, {"assignee": admitted.user}, context)
        ConversationState.objects.update_or_create(
            integration=admitted.integration,
            conversation_id=admitted.conversation_id,
            defaults={"holder": ConversationState.Holder.PEOPLE},
        )
        # What a part writes is taken for Fin's own doing: this is a person's.
        notify(conversation, f"taken over by {admitted.agent.name or admitted.agent.id}")
