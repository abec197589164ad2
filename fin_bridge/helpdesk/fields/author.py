"""The descriptor of who wrote a message."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ObjectDoesNotExist

from ...exceptions import RefusedError
from ...records import UNKNOWN_AUTHOR, Agent, EndUser
from ..django.generic_keys import is_key
from .path import Field, Path, assign

if TYPE_CHECKING:
    from ..parts.part import Context, Part


class Author(Field):
    """Who wrote a message: `Author("user")` where one path leads to anybody, else one for each.

    Of the two the agent's counts first. A path to the conversation means its customer. Of staff
    that may be customers too, whoever has opened the conversation is its customer. A message that
    no rule places is the helpdesk's own, never the customer's.
    """

    def __init__(self, anybody: str = "", *, agent: str = "", end_user: str = "") -> None:
        self.anybody = Path(anybody) if anybody else None
        self.agent = Path(agent) if agent else self.anybody
        self.end_user = Path(end_user) if end_user else self.anybody

    def bind(self, part: Part, name: str) -> Self:
        """The paths are bound with it."""
        bound = super().bind(part, name)
        bound.anybody = self.anybody and self.anybody.bind(part, name)
        bound.agent = self.agent and self.agent.bind(part, name)
        bound.end_user = self.end_user and self.end_user.bind(part, name)
        return bound

    def paths(self) -> Sequence[Path]:
        """Those given."""
        if self.anybody:
            return (self.anybody,)
        return tuple(path for path in (self.agent, self.end_user) if path)

    @cached_property
    def stored(self) -> tuple[str, ...]:
        """The message's own columns that decide who it is by, within one conversation.

        None where more than those does.
        """
        columns = [path.stored for path in self.paths()]
        return tuple(chain(*columns)) if all(columns) else ()

    @cached_property
    def decisive(self) -> Callable[[Any], Hashable] | None:
        """What reads them of a message; None where there are none."""
        return attrgetter(*self.stored) if self.stored else None

    def read(self, obj: Any) -> Agent | EndUser:
        """As the parts that describe agents and end users show them."""
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
        """Whether it is the conversation's customer, where the same people may be staff."""
        desk = self.part.desk
        people = (desk.agents, desk.end_users)
        if not all(part.is_made_of(type(value)) for part in people):
            return False
        is_opening = self.part is desk.opening
        conversation = obj if is_opening else self.part.read(obj, "conversation")
        return bool(value == desk.conversations.read(conversation, "user"))

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """An agent, or an end user; raises `RefusedError` for an agent where none can be."""
        if self.anybody:
            return self._set(self.anybody, obj, value)
        is_agent = self.part.desk.agents.has(value)
        if is_agent and self.agent is None:
            raise RefusedError("An agent cannot be the author here.")
        changed = self._set(self.agent, obj, value if is_agent else None)
        return changed | self._set(self.end_user, obj, None if is_agent else value)

    def _set(self, path: Path | None, obj: Any, value: Any) -> set[str]:
        """Only a column for people in the message itself; no conversation is exchanged for one."""
        column = path.own if path else None
        if column is None:
            return set()
        model, desk = column.related_model, self.part.desk
        people = (desk.agents, desk.end_users)
        if not is_key(column) and not any(part.is_made_of(model) for part in people):
            return set()
        return assign(obj, column, value)


def _is_gone(path: Path, obj: Any) -> bool:
    """Whether it names a row that is not there any more, or is hidden: somebody, but who?

    Without one it names nobody, and then it may be the customer who wrote.
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
