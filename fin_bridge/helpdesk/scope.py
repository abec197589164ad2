"""Which conversations are Fin's: the one rule for events, pulls and typing alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ..conf import conf
from ..models import ConversationState
from . import fin_agent

if TYPE_CHECKING:
    from .desk import Helpdesk


def fins(desk: Helpdesk, objects: Mapping[str, Any]) -> dict[str, str]:
    """Of these conversations, by id, those that are Fin's, each with its integration.

    A constant number of queries if the objects were loaded with `Part.loading`.
    """
    known = _known(objects)
    agent_of = cache(lambda name: fin_agent.agent_id(integrations[name]))
    integrations = conf.integrations
    found = {}
    for conversation_id, obj in objects.items():
        knowing = known.get(conversation_id, set())
        name = _integration(desk, obj, knowing)
        if name in integrations and (
            _is_in_scope(desk, obj, name in knowing) or _is_given(desk, obj, agent_of(name))
        ):
            found[conversation_id] = name
    return found


def _known(conversation_ids: Iterable[str]) -> dict[str, set[str]]:
    """The integrations that have started or pulled each."""
    states = ConversationState.objects.filter(
        conversation_id__in=list(conversation_ids), known_at__isnull=False
    )
    known: dict[str, set[str]] = {}
    for conversation_id, name in states.values_list("conversation_id", "integration"):
        known.setdefault(conversation_id, set()).add(name)
    return known


def _integration(desk: Helpdesk, obj: Any, knowing: set[str]) -> str | None:
    """Whose it is by the helpdesk's word; where it has none, whose that alone knows it."""
    name = desk.conversations.integration(obj)
    return next(iter(knowing)) if name is None and len(knowing) == 1 else name


def _is_in_scope(desk: Helpdesk, obj: Any, known: bool) -> bool:
    scope = desk.conversations.scope
    if callable(scope):
        return bool(scope(obj))
    return known if scope == "known" else bool(scope == "all")


def _is_given(desk: Helpdesk, obj: Any, agent_id: str) -> bool:
    """Whether people have given it to Fin by assigning it to Fin's agent."""
    if not agent_id or desk.conversations.scope != "known":
        return False
    assignee = desk.conversations.read(obj, "assignee")
    return assignee is not None and desk.agents.id_of(assignee) == agent_id
