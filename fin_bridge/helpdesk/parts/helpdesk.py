"""The whole of a helpdesk's description: its parts, bound to each other."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any, cast

from ...exceptions import ConfigurationError
from ...records import UNKNOWN_AUTHOR, Agent, AuthorReference, EndUser, Message, NewMessage
from ..fields.path import Path
from ..reading.kept_messages import Overlay, Refused
from ..reading.timeline import Timeline
from .conversations import Conversations
from .messages import Messages
from .opening import Opening
from .part import Part
from .people import Agents, EndUsers
from .visitors import Visitors


class Helpdesk:
    """The parts, as classes, in any order: one of each kind, and any number of messages.

    Raises `ConfigurationError` where one is missing or there is one too many.
    """

    def __init__(self, *parts: type[Part]) -> None:
        self._unbound = tuple(part() for part in parts)
        for kind in (EndUsers, Agents, Conversations):
            self._one(kind)
        if not any(isinstance(part, Messages) for part in self._unbound):
            raise ConfigurationError("A Helpdesk needs a part of the kind Messages.")

    def _one(self, kind: type[Any]) -> Any:
        of_kind = [part for part in self._unbound if isinstance(part, kind)]
        if len(of_kind) != 1:
            raise ConfigurationError(
                f"A Helpdesk needs one part of the kind {kind.__name__}, not {len(of_kind)}."
            )
        return of_kind[0]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """All of them, bound on first use: when the module is read there may be no models yet."""
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
        """The part of the text that opens a conversation, where it stands on the conversation."""
        return next((part for part in self.messages if isinstance(part, Opening)), None)

    @property
    def keeps_visitors(self) -> bool:
        """Whether there are end users of whom the helpdesk has no table."""
        return isinstance(self.end_users, Visitors)

    def _bound(self, kind: type[Any]) -> Any:
        assert self.parts
        return self._one(kind)

    def joins_of(self, path: Path) -> set[str]:
        """What reading the person needs whom a path leads to; nothing for other paths."""
        *_, last = [None, *path.hops()]
        model = getattr(last, "related_model", None)
        if model is None or len(list(path.hops())) != len(path.names):
            return set()
        joins: set[str] = set()
        for part in self._unbound:
            if isinstance(part, EndUsers | Agents) and part.is_made_of(model):
                joins |= part.joins()
        return joins

    def person(self, value: Any) -> Agent | EndUser:
        """Anybody as Fin is shown them: an agent, an end user, or a conversation's customer.

        Whom no part places is shown as one of the helpdesk, never as the customer.
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
        """Whoever stands where a customer does: also one of the staff, who asks for help here."""
        if value is not None and self.end_users.has(value):
            return self.end_users.record(value)
        return self.person(value)

    def author(self, reference: AuthorReference) -> Agent | EndUser:
        """An author as Fin is shown them; unknown where the helpdesk has them no more."""
        if reference.user_type == "agent":
            return self.person(self.agents.find(reference.id))
        return self.customer(self.end_users.find(reference.id))

    def named(self, reference: AuthorReference) -> Any:
        """The helpdesk's object of an author; raises `NotFoundError`."""
        part = self.agents if reference.user_type == "agent" else self.end_users
        return part.get(reference.id)

    def part_for(self, new: NewMessage) -> Messages | None:
        """Where a message of Fin's is written; None for a private note where there are none."""
        for part in self.messages:
            if part.accepts(new):
                return part
        if new.visibility == "private":
            return None
        raise ConfigurationError("No part of the messages takes a public one.")

    def timeline(
        self, conversation: Any, after_id: str = "", overlap: timedelta = timedelta(0)
    ) -> Timeline:
        """The messages of a conversation, oldest first.

        With the id of a message of this conversation, those since `overlap` before it, without it.
        """
        return Timeline(self, conversation, after_id, overlap)

    def message(self, conversation: Any, message_id: str) -> tuple[Message | None, Any] | None:
        """One of a conversation's, with its object; the message is None where it is not shown.

        None for an id that is none of this conversation's.
        """
        conversation_id = self.conversations.id_of(conversation)
        overlay = Overlay.of(conversation_id)
        row = overlay.find(message_id)
        if row is not None and not row.local_ids:
            return Refused(self).record(row, conversation_id), row
        found = self._located(conversation, message_id if row is None else row.local_ids[0])
        if found is None:
            return None
        part, obj = found
        part.hang(obj, conversation)
        message = part.record(obj, conversation_id)
        return (None if message is None else overlay.over(message)), obj

    def _located(self, conversation: Any, local_id: str) -> tuple[Messages, Any] | None:
        for part in self.messages:
            key = part.key(local_id)
            obj = None if key is None else part.of(conversation).filter(pk=key).first()
            if obj is not None:
                return part, obj
        return None
