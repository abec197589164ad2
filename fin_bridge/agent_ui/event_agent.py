"""An agent in Fin's words, as a typing event names who types."""

from __future__ import annotations

from ..records import Agent


def event_agent(agent: Agent) -> dict[str, str | None]:
    """The contract's `data.agent`: what is required may be null, what is optional is left out."""
    required: dict[str, str | None] = {
        "id": agent.id,
        "user_type": "agent",
        "name": agent.name,
        "email": agent.email,
    }
    optional = {"photo_url": agent.photo_url, "alias": agent.alias}
    return required | {key: value for key, value in optional.items() if value is not None}
