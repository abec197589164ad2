"""The operation on agents."""

from __future__ import annotations

from collections.abc import Iterator

from ...conf import conf
from ...records import Agent
from .call import Call


def get_agents(call: Call, _: None) -> Iterator[Agent]:
    """Fin's own first, then the others, unless the settings keep them from Fin."""
    agents = call.desk.agents
    own = call.context.agent
    if own is not None:
        yield agents.record(own)
    if conf.show_staff:
        for agent in agents.loading().order_by("pk"):
            if own is None or agent.pk != own.pk:
                yield agents.record(agent)
