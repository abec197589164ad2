"""What the panel on the agent's page says of a conversation, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from ..helpdesk import current
from ..helpdesk.scope import fins
from ..helpdesk.writing import kept_values
from ..models import ConversationState, Event
from ..records import Agent
from .access import may_see
from .holder import Holder

News = Literal["unknown", "waiting", "failed", "sent", "pulled"]


@dataclass(frozen=True, slots=True)
class Panel:
    """One conversation of Fin's, seen by one agent (None for whoever is none)."""

    conversation_id: str
    agent: Agent | None
    holder: Holder
    state: ConversationState
    newest: str
    """The state of the newest change that Fin is to hear of; "" if there was none."""
    made: Mapping[str, Any]
    """What Fin wrote and we keep, by word."""

    @classmethod
    def of(cls, conversation_id: str, user: Any) -> Self | None:
        """None for a conversation that does not exist, is not Fin's or is not for this agent."""
        desk = current()
        conversation = desk.conversations.find(conversation_id)
        found = {} if conversation is None else {conversation_id: conversation}
        integration = fins(desk, found).get(conversation_id)
        if integration is None:
            return None
        agent = None if user is None else desk.agents.for_user(user)
        if agent is not None and not may_see(agent, conversation):
            return None
        return cls(
            conversation_id,
            None if agent is None else desk.agents.record(agent),
            Holder.of(conversation, integration),
            _state(integration, conversation_id),
            _newest(conversation_id),
            kept_values.load(desk.conversations.kind, conversation_id),
        )

    @property
    def in_charge(self) -> Literal["me", "person", "fin", "people", "nobody"]:
        """A colleague, Fin, "people" after a handover that nobody has taken up, or nobody yet."""
        if self.holder.person is not None:
            return "me" if self.holder.person == self.agent else "person"
        if self.holder.is_fin or self.state.holder == ConversationState.Holder.FIN:
            return "fin"
        return "people" if self.state.holder == ConversationState.Holder.PEOPLE else "nobody"

    @property
    def can_take_over(self) -> bool:
        """From Fin, or from nobody; a colleague is asked, not displaced."""
        return self.agent is not None and self.holder.person is None

    @property
    def news(self) -> News:
        """How far the last change has come."""
        if self.newest in (Event.State.WAITING, Event.State.SENDING):
            return "waiting"
        if self.newest == Event.State.FAILED:
            return "failed"
        posted, pulled = self.state.posted_at, self.state.pulled_at
        if pulled is not None and (posted is None or pulled >= posted):
            return "pulled"
        return "unknown" if posted is None else "sent"

    @property
    def attributes(self) -> Mapping[str, Any]:
        """What Fin found out, where the helpdesk has no place for it."""
        return self.made.get("attributes") or {}

    @property
    def tags(self) -> Sequence[str]:
        """Likewise."""
        return self.made.get("tags") or ()

    @property
    def topic(self) -> str:
        """The title that Fin gave it, likewise."""
        return self.made.get("title") or ""


def _state(integration: str, conversation_id: str) -> ConversationState:
    """What we know of it; nothing yet is a state as well."""
    found = ConversationState.objects.about(integration, [conversation_id]).first()
    return found or ConversationState(integration=integration, conversation_id=conversation_id)


def _newest(conversation_id: str) -> str:
    changes = Event.objects.syncs().filter(conversation_id=conversation_id)
    return changes.order_by("-pk").values_list("state", flat=True).first() or ""
