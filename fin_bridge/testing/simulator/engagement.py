"""Fin's part in a conversation: whether it is in charge, and what it has to tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .topics import Reply

_TITLE_LENGTH = 60


@dataclass
class Derived:
    """What Fin has made of a conversation since it last updated it."""

    tags: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    status: str | None = None

    def then(self, newer: "Derived") -> "Derived":
        """Both together; what is newer wins."""
        return Derived(
            self.tags + newer.tags,
            self.attributes | newer.attributes,
            newer.status or self.status,
        )


@dataclass
class Engagement:
    """Who answers. Fin does until it has handed over or a person has taken over."""

    is_in_charge: bool
    is_handed_over: bool = False
    is_handover_known: bool = True
    """Whether the helpdesk has been told; until then its assignee proves nothing."""
    derived: Derived = field(default_factory=Derived)

    def observe(self, assignee: Mapping[str, Any] | None, agent: Mapping[str, Any] | None) -> None:
        """See who is assigned: Fin's agent brings Fin back, a person silences it."""
        if assignee is None or not self.is_handover_known:
            return
        self.is_in_charge = agent is not None and assignee["id"] == agent["id"]
        if self.is_in_charge:
            self.is_handed_over = False

    def take_in(self, reply: Reply) -> None:
        """Keep what a reply means for the conversation until it is told."""
        self.derived.tags += reply.tags
        self.derived.attributes |= reply.attributes
        if reply.is_resolved:
            self.derived.status = "resolved"
        if reply.is_handover:
            self.is_in_charge = False
            self.is_handed_over, self.is_handover_known = True, False

    def assignment(self, agent: Mapping[str, Any] | None) -> dict[str, str | None]:
        """What the end of a sync says about the assignee; nothing while a person answers.

        After a handover null is repeated each time, as Fin may (contract).
        """
        if self.is_handed_over:
            return {"assignee_id": None}
        if self.is_in_charge and agent is not None:
            return {"assignee_id": agent["id"]}
        return {}


def title_of(text: str) -> str:
    """A title made of a first message."""
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_LENGTH else f"{line[: _TITLE_LENGTH - 1].rstrip()}…"
