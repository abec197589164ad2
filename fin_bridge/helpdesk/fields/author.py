"""The descriptor of a message's author."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from ...exceptions import RefusedError
from ...records import UNKNOWN_AUTHOR, Agent, EndUser
from ..django.generic_keys import is_key
from ..owner import Context
from .path import Field, Path, assign

Authors = dict[Hashable, Agent | EndUser]
"""The authors of one conversation's messages that are known already, by what decides them."""


class Author(Field):
    """The author of a message: `Author("user")` by one path to anybody, else by a path for each.

    The agent's path counts before the end user's. A path to the conversation means its customer.
    Where the same people may be staff and customers, the one who opened the conversation is its
    customer. A message that no rule places is the helpdesk's own, never the customer's.
    """

    def __init__(self, anybody: str = "", *, agent: str = "", end_user: str = "") -> None:
        self.anybody = Path(anybody) if anybody else None
        self.agent = Path(agent) if agent else self.anybody
        self.end_user = Path(end_user) if end_user else self.anybody

    def paths(self) -> Sequence[Path]:
        if self.anybody:
            return (self.anybody,)
        return tuple(path for path in (self.agent, self.end_user) if path)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The message's own columns that decide its author within one conversation.

        There are none where more than the message's columns decides.
        """
        columns = [path.stored for path in self.paths()]
        return tuple(chain(*columns)) if all(columns) else ()

    @cached_property
    def decisive(self) -> Callable[[Any], Hashable] | None:
        """The function that reads these columns of a message, or None where there are none."""
        return attrgetter(*self.columns) if self.columns else None

    def read(self, obj: Any) -> Agent | EndUser:
        desk = self.part.desk
        if self.anybody:
            value = self.anybody.read(obj)
            return desk.customer(value) if self._asks(obj, value) else desk.person(value)
        if self.agent and (agent := self.agent.read(obj)) is not None:
            return desk.agents.record(agent)
        if self.agent and _is_gone(self.agent, obj):
            return UNKNOWN_AUTHOR
        return desk.customer(self.end_user.read(obj) if self.end_user else None)

    def _asks(self, obj: Any, value: Any) -> bool:
        """Return whether somebody who may be staff is the customer of this conversation."""
        desk = self.part.desk
        people = (desk.agents, desk.end_users)
        if not all(part.is_made_of(type(value)) for part in people):
            return False
        is_opening = self.part is desk.opening
        conversation = obj if is_opening else self.part.read(obj, "conversation")
        return bool(value == desk.conversations.read(conversation, "user"))

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Set an agent or an end user; raise `RefusedError` for an agent where none can be."""
        if self.anybody:
            return self._set(self.anybody, obj, value)
        is_agent = self.part.desk.agents.has(value)
        if is_agent and self.agent is None:
            raise RefusedError("An agent cannot be the author here.")
        changed = self._set(self.agent, obj, value if is_agent else None)
        return changed | self._set(self.end_user, obj, None if is_agent else value)

    def _set(self, path: Path | None, obj: Any, value: Any) -> set[str]:
        """Set a column of the message for people; never its conversation's column."""
        column = path.own if path else None
        if path is None or column is None or self._leads_to_conversation(path):
            return set()
        model, desk = column.related_model, self.part.desk
        people = (desk.agents, desk.end_users)
        if not is_key(column) and not any(part.is_made_of(model) for part in people):
            return set()
        return assign(obj, column, value)

    def _leads_to_conversation(self, path: Path) -> bool:
        """Return whether a path begins at a column in which the message's conversation stands."""
        word = self.part.fields.get("conversation")
        return isinstance(word, Path) and not {*path.stored}.isdisjoint(word.stored)


def _is_gone(path: Path, obj: Any) -> bool:
    """Return whether a message names an author whose row is deleted or hidden.

    A message that names no author is not meant: it may be the customer's.
    """
    relation: Any = next(path.hops(), None)
    if relation is None or not relation.is_relation or not path.stored:
        return False
    if not all(getattr(obj, name) for name in path.stored):
        return False
    try:
        return getattr(obj, relation.name) is None
    except ObjectDoesNotExist:
        return True
