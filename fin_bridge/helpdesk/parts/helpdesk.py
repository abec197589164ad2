"""The whole of a helpdesk's description, and which description is in use."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any, cast

from django.db import models
from django.utils.module_loading import import_string

from ...conf import conf
from ...exceptions import ConfigurationError
from ...records import UNKNOWN_AUTHOR, Agent, AuthorReference, EndUser, NewMessage
from .conversations import Conversations
from .messages import Messages
from .opening import Opening
from .part import Part
from .people import Agents, EndUsers
from .visitors import Visitors


class Helpdesk:
    """A description: the classes of its parts, in any order.

    There is one part of end users, one of agents, one of conversations, and at least one of
    messages. Raises `ConfigurationError` where a part is missing, or there is one too many.
    """

    def __init__(self, *parts: type[Part]) -> None:
        self._unbound = tuple(part() for part in parts)
        for kind in (EndUsers, Agents, Conversations):
            self._single(kind)
        if not any(isinstance(part, Messages) for part in self._unbound):
            raise ConfigurationError("A Helpdesk needs a part of the kind Messages.")

    def _single(self, kind: type[Any]) -> Any:
        of_kind = [part for part in self._unbound if isinstance(part, kind)]
        if len(of_kind) != 1:
            raise ConfigurationError(
                f"A Helpdesk needs one part of the kind {kind.__name__}, not {len(of_kind)}."
            )
        return of_kind[0]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """All parts, bound on first use: when the module is read, there may be no models yet."""
        for part in self._unbound:
            part.bind(self)
        return self._unbound

    @cached_property
    def end_users(self) -> EndUsers:
        """The part of the customers."""
        return cast("EndUsers", self._bound(EndUsers))

    @cached_property
    def agents(self) -> Agents:
        """The part of the staff."""
        return cast("Agents", self._bound(Agents))

    @cached_property
    def conversations(self) -> Conversations:
        """The part of the conversations."""
        return cast("Conversations", self._bound(Conversations))

    @cached_property
    def messages(self) -> tuple[Messages, ...]:
        """The parts of the messages."""
        return tuple(part for part in self.parts if isinstance(part, Messages))

    @cached_property
    def opening(self) -> Opening | None:
        """The part of the texts that open conversations, where they stand on the conversation."""
        return next((part for part in self.messages if isinstance(part, Opening)), None)

    @property
    def keeps_visitors(self) -> bool:
        """Whether the helpdesk has no table of end users."""
        return isinstance(self.end_users, Visitors)

    def _bound(self, kind: type[Any]) -> Any:
        assert self.parts
        return self._single(kind)

    def joins_of(self, model: type[models.Model]) -> set[str]:
        """Return the relations that reading a person of this model needs; none for other rows."""
        joins: set[str] = set()
        for part in self._unbound:
            if isinstance(part, EndUsers | Agents) and part.is_made_of(model):
                joins |= part.joins()
        return joins

    def person(self, value: Any) -> Agent | EndUser:
        """Return an agent, an end user, or the customer of a conversation as Fin is shown them.

        Somebody who belongs to no part is shown as the helpdesk, never as the customer.
        """
        if isinstance(value, Agent | EndUser):
            return value
        if value is not None and self.conversations.is_made_of(type(value)):
            return self.customer(self.conversations.read(value, "user"))
        for part in (self.agents, self.end_users):
            if part.has(value):
                return part.record(value)
        former = value is not None and self.agents.is_made_of(type(value))
        return self.agents.record(value) if former else UNKNOWN_AUTHOR

    def customer(self, value: Any) -> Agent | EndUser:
        """Return a customer as Fin is shown them, who may be one of the staff asking for help."""
        if value is not None and self.end_users.has(value):
            return self.end_users.record(value)
        return self.person(value)

    def author(self, reference: AuthorReference) -> Agent | EndUser:
        """Return an author as Fin is shown them.

        Of an end user who is gone the id is left. An agent who is gone is shown as the helpdesk.
        """
        if reference.user_type == "agent":
            return self.person(self.agents.find(reference.id))
        end_user = self.end_users.find(reference.id)
        return EndUser(reference.id) if end_user is None else self.customer(end_user)

    def named(self, reference: AuthorReference) -> Any:
        """Return the helpdesk's object of an author, or raise `NotFoundError`."""
        part = self.agents if reference.user_type == "agent" else self.end_users
        return part.get(reference.id)

    def part_for(self, new: NewMessage) -> Messages | None:
        """Return the part that a message is written to, or None for a note that has no place."""
        for part in self.messages:
            if part.accepts(new):
                return part
        if new.visibility == "private":
            return None
        raise ConfigurationError("No part of the messages takes a public one.")


@lru_cache(maxsize=8)
def _imported(path: str) -> Helpdesk:
    helpdesk = import_string(path)
    if not isinstance(helpdesk, Helpdesk):
        raise ConfigurationError(f"FIN_BRIDGE_HELPDESK: {path} is no Helpdesk.")
    return helpdesk


def current() -> Helpdesk:
    """Return the description that `FIN_BRIDGE_HELPDESK` names.

    Raises `ConfigurationError` where it cannot be imported: silence would lose events.
    """
    if not conf.helpdesk:
        raise ConfigurationError(
            "FIN_BRIDGE_HELPDESK must name the Helpdesk that describes yours."
        )
    try:
        return _imported(conf.helpdesk)
    except ImportError as error:
        message = f"FIN_BRIDGE_HELPDESK: {conf.helpdesk} cannot be imported: {error}"
        raise ConfigurationError(message) from error
