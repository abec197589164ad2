"""Taking a conversation over from Fin: people win, and Fin hears of it at once."""

from __future__ import annotations

from django.db import transaction

from .. import notify
from ..exceptions import FinBridgeError
from ..helpdesk import Context, current
from ..models import ConversationState, database
from .access import Admitted
from .holder import Holder


class AlreadyTakenError(FinBridgeError):
    """Another person has the conversation; the text says who."""


def take_over(case: Admitted) -> None:
    """Assign it to the agent, in the helpdesk and in our memory, and record the change for Fin.

    Raises `AlreadyTakenError`. The row is locked, so that of two agents one is told.
    """
    conversations = current().conversations
    with transaction.atomic(using=database()):
        conversation = conversations.get(case.conversation_id, lock=True)
        person = Holder.of(conversation, case.integration).person
        if person is not None and person.id != case.agent.id:
            raise AlreadyTakenError(f"{person.name or 'Somebody'} has taken it already.")
        context = Context(case.integration, case.user)
        conversations.put(conversation, {"assignee": case.user}, context)
        ConversationState.objects.update_or_create(
            integration=case.integration,
            conversation_id=case.conversation_id,
            defaults={"holder": ConversationState.Holder.PEOPLE},
        )
        # What a part writes is taken for Fin's own doing: this is a person's.
        notify(conversation, f"taken over by {case.agent.name or case.agent.id}")
