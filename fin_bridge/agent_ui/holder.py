"""Who is in charge of a conversation: Fin, a person, or nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from ..conf import conf
from ..helpdesk import current, fin_agent
from ..records import Agent


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom the helpdesk names as the assignee, and whether that is Fin."""

    agent: Agent | None
    is_fin: bool

    @classmethod
    def of(cls, conversation: Any, integration: str) -> Self:
        """As the helpdesk's object says."""
        desk = current()
        assignee = desk.conversations.read(conversation, "assignee")
        if assignee is None:
            return cls(None, is_fin=False)
        agent = desk.agents.record(assignee)
        return cls(agent, agent.id == fin_agent.agent_id(conf.integration(integration)))

    @property
    def person(self) -> Agent | None:
        """The colleague who has it, if one has."""
        return None if self.is_fin else self.agent
