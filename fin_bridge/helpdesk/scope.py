"""Which conversations are Fin's: the one rule for events, pulls and typing alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from ..conf import conf
from ..models import ConversationState
from . import fin_agent

if TYPE_CHECKING:
    from .parts.helpdesk import Helpdesk


def fins(desk: Helpdesk, objects: Mapping[str, Any]) -> dict[str, str]:
    """Of these conversations, by id, those that are Fin's, each with its integration.

    A constant number of queries if the objects were loaded with `Part.loading`.
    """
    known = _Known(objects)
    agent_of = cache(lambda name: fin_agent.agent_id(integrations[name]))
    integrations = conf.integrations
    found = {}
    for conversation_id, obj in objects.items():
        name = _integration(desk, obj, conversation_id, known)
        if name in integrations and (
            _is_in_scope(desk, obj, conversation_id, name, known)
            or _is_given(desk, obj, agent_of(name))
        ):
            found[conversation_id] = name
    return found


class _Known:
    """The integrations that have started or pulled each; asked for if that counts, and once."""

    def __init__(self, conversation_ids: Iterable[str]) -> None:
        self._ids = list(conversation_ids)

    def of(self, conversation_id: str) -> set[str]:
        """Those of one."""
        return self._found.get(conversation_id, set())

    @cached_property
    def _found(self) -> dict[str, set[str]]:
        states = ConversationState.objects.known_to_fin().filter(conversation_id__in=self._ids)
        found: dict[str, set[str]] = {}
        for conversation_id, name in states.values_list("conversation_id", "integration"):
            found.setdefault(conversation_id, set()).add(name)
        return found


def _integration(desk: Helpdesk, obj: Any, conversation_id: str, known: _Known) -> str | None:
    """Whose it is by the helpdesk's word; where it has none, whose that alone knows it."""
    name = desk.conversations.integration(obj)
    if name is not None:
        return name
    names = known.of(conversation_id)
    return next(iter(names)) if len(names) == 1 else None


def _is_in_scope(desk: Helpdesk, obj: Any, conversation_id: str, name: str, known: _Known) -> bool:
    scope = desk.conversations.scope
    if callable(scope):
        return bool(scope(obj))
    return name in known.of(conversation_id) if scope == "known" else bool(scope == "all")


def _is_given(desk: Helpdesk, obj: Any, agent_id: str) -> bool:
    """Whether people have given it to Fin by assigning it to Fin's agent."""
    if not agent_id or desk.conversations.scope != "known":
        return False
    assignee = desk.conversations.read(obj, "assignee")
    return assignee is not None and desk.agents.id_of(assignee) == agent_id
