"""Which of the helpdesk's agents is Fin."""

from __future__ import annotations

from ..conf import Integration
from ..models import IntegrationState


def agent_id(integration: Integration) -> str:
    """The id of the agent that acts as Fin: as set, else as learned; "" if unknown."""
    if integration.agent_id is not None:
        return integration.agent_id
    learned = IntegrationState.objects.filter(integration=integration.name)
    return learned.values_list("agent_id", flat=True).first() or ""


def learn(integration: Integration, local_id: str) -> None:
    """Take the agent as which Fin wrote for Fin's own, unless one is known already."""
    if not agent_id(integration):
        IntegrationState.objects.get_or_create(integration=integration.name)
        unknown = IntegrationState.objects.filter(integration=integration.name, agent_id="")
        unknown.update(agent_id=local_id)
