"""The facts of a conversation that the panel on an agent's page shows, in a few queries."""

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
from .takeover import Assignee, assignee_of

News = Literal["unknown", "waiting", "failed", "sent", "pulled"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel shows a conversation of Fin's as one user of the helpdesk sees it.

    `agent` is None for a user who is no agent, such as a supervisor without that role. `newest`
    is the `Event.State` of the newest change that Fin is to hear of, or "" where there was none.
    `values` are the values that Fin wrote and that the helpdesk has no place for, by their word.
    """

    conversation_id: str
    agent: Agent | None
    assignee: Assignee
    state: ConversationState
    newest: str
    values: Mapping[str, Any]

    @classmethod
    def load(cls, conversation_id: str, user: Any) -> Self | None:
        """Load the panel of a conversation, by its id for Fin, as `user` (or nobody) may see it.

        Return None for a conversation that does not exist, is not Fin's, or is not shown to this
        agent by the helpdesk's `visible_to`. The number of queries is constant.
        """
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
            assignee_of(conversation, integration),
            _state(integration, conversation_id),
            _newest(conversation_id),
            kept_values.load(desk.conversations.kind, conversation_id),
        )

    @property
    def in_charge(self) -> Literal["me", "person", "fin", "people", "nobody"]:
        """Say who is in charge: this agent, a colleague, Fin, or nobody yet.

        It is "people" after a handover that no person has taken up.
        """
        if self.assignee.person is not None:
            return "me" if self.assignee.person == self.agent else "person"
        if self.assignee.is_fin or self.state.holder == ConversationState.Holder.FIN:
            return "fin"
        return "people" if self.state.holder == ConversationState.Holder.PEOPLE else "nobody"

    @property
    def can_take_over(self) -> bool:
        """Say whether the agent may take it, from Fin or nobody; colleagues are not displaced."""
        return self.agent is not None and self.assignee.person is None

    @property
    def news(self) -> News:
        """Say how far the last change has come on its way to Fin.

        "waiting" until Fin's server has answered, "failed" where it was given up, "sent" until
        Fin has pulled the conversation, then "pulled"; "unknown" where nothing was ever sent.
        """
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
        """The attributes that Fin set and the helpdesk has no place for, JSON values by name."""
        return self.values.get("attributes") or {}

    @property
    def tags(self) -> Sequence[str]:
        """The tags that Fin set, where the helpdesk has no place for tags."""
        return self.values.get("tags") or ()

    @property
    def topic(self) -> str:
        """The title that Fin gave, where the helpdesk has no place for a title; or empty."""
        return self.values.get("title") or ""


def _state(integration: str, conversation_id: str) -> ConversationState:
    states = ConversationState.objects.about(integration, [conversation_id])
    state = states.first()
    return state or ConversationState(integration=integration, conversation_id=conversation_id)


def _newest(conversation_id: str) -> str:
    changes = Event.objects.syncs().filter(conversation_id=conversation_id)
    return changes.order_by("-pk").values_list("state", flat=True).first() or ""
