"""The agent of the helpdesk's as which Fin acts."""

from __future__ import annotations

from ..integrations import Integration
from ..models import IntegrationState


def agent_id(integration: Integration) -> str:
    """Return the id of Fin's agent: as it is set, else as it was learned, else ""."""
    if integration.agent_id is not None:
        return integration.agent_id
    learned = IntegrationState.objects.filter(integration=integration.name)
    return learned.values_list("agent_id", flat=True).first() or ""


def learn(integration: Integration, local_id: str) -> None:
    """Remember the agent as which Fin wrote as Fin's agent, unless one is known already."""
    if not agent_id(integration):
        IntegrationState.objects.get_or_create(integration=integration.name)
        unknown = IntegrationState.objects.filter(integration=integration.name, agent_id="")
        unknown.update(agent_id=local_id)
