"""The operation that lists the agents: Fin's own first."""

from __future__ import annotations

from collections.abc import Iterator

from ...conf import conf
from ...helpdesk.fields.failures import attempt
from ...records import Agent
from .call import Call


def get_agents(call: Call, _: None) -> Iterator[Agent]:
    """Yield Fin's own agent, then the others unless `FIN_BRIDGE_SHOW_STAFF` keeps them back."""
    agents = call.desk.agents
    fins = call.context.agent
    if fins is not None:
        yield agents.record(fins)
    if conf.show_staff:
        for agent in agents.loading().order_by("pk"):
            if fins is None or agent.pk != fins.pk:
                record = attempt(agents, agent, "record", agents.record, agent)
                if record is not None:
                    yield record
