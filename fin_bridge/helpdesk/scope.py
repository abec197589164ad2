"""Which conversations are Fin's: the one rule for events, pulls and typing alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Any

from ..conf import conf
from ..models import ConversationState
from . import fin_agent
from .parts.helpdesk import Helpdesk


def fins(desk: Helpdesk, objects: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids of those conversations that are Fin's, each with its integration's name.

    `objects` maps ids to conversations. If they were loaded by `Part.loading`, it takes a constant
    number of statements.
    """
    knowledge = _Knowledge(objects)
    agent_of = cache(lambda name: fin_agent.agent_id(integrations[name]))
    integrations = conf.integrations
    found = {}
    for conversation_id, obj in objects.items():
        name = _integration(desk, obj, conversation_id, knowledge)
        if name in integrations and (
            _is_in_scope(desk, obj, conversation_id, name, knowledge)
            or _is_given(desk, obj, agent_of(name))
        ):
            found[conversation_id] = name
    return found


class _Knowledge:
    """The integrations that know each conversation: they are asked for once, and if they count."""

    def __init__(self, conversation_ids: Iterable[str]) -> None:
        self._ids = list(conversation_ids)

    def integrations(self, conversation_id: str) -> set[str]:
        return self._found.get(conversation_id, set())

    @cached_property
    def _found(self) -> dict[str, set[str]]:
        states = ConversationState.objects.known_to_fin().filter(conversation_id__in=self._ids)
        found: dict[str, set[str]] = {}
        for conversation_id, name in states.values_list("conversation_id", "integration"):
            found.setdefault(conversation_id, set()).add(name)
        return found


def _integration(
    desk: Helpdesk, obj: Any, conversation_id: str, knowledge: _Knowledge
) -> str | None:
    """Return the integration that the helpdesk says, else the only one that knows it."""
    name = desk.conversations.integration(obj)
    if name is not None:
        return name
    names = knowledge.integrations(conversation_id)
    return next(iter(names)) if len(names) == 1 else None


def _is_in_scope(
    desk: Helpdesk, obj: Any, conversation_id: str, name: str, knowledge: _Knowledge
) -> bool:
    scope = desk.conversations.scope
    if callable(scope):
        return bool(scope(obj))
    if scope == "known":
        return name in knowledge.integrations(conversation_id)
    return bool(scope == "all")


def _is_given(desk: Helpdesk, obj: Any, agent_id: str) -> bool:
    """Return whether people have given it to Fin by assigning it to Fin's agent."""
    if not agent_id or desk.conversations.scope != "known":
        return False
    assignee = desk.conversations.read(obj, "assignee")
    return assignee is not None and desk.agents.id_of(assignee) == agent_id
