"""The parts of people: end users, and the agents that Fin's own account is one of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from ...models import FinReference
from ...records import UNKNOWN_END_USER, Agent, EndUser, NewEndUser
from ..writing import kept_values
from .part import Context, Part, text

_NOWHERE: Final = "@end-user.invalid"
"""No mail ever arrives there (RFC 2606): for columns that must have an address, each its own."""


class EndUsers(Part):
    """The customers, whatever the helpdesk calls them; seldom users of its login."""

    words = ("name", "email", "photo_url", "attributes")
    kind = FinReference.Kind.END_USER

    name: Any = None
    email: Any = None
    photo_url: Any = None
    attributes: Any = None

    def record(self, obj: Any) -> EndUser:
        """As the author of a message or the user of a conversation: without attributes."""
        email = text(self.read(obj, "email"))
        return EndUser(
            id=self.id_of(obj),
            name=text(self.read(obj, "name")),
            email=None if email and email.endswith(_NOWHERE) else email,
            photo_url=text(self.read(obj, "photo_url")),
        )

    def full_record(self, obj: Any) -> EndUser:
        """With the helpdesk's attributes and those kept for it (one more query).

        A conversation without a customer is shown with one of whom nothing is known.
        """
        if obj is None:
            return UNKNOWN_END_USER
        record = self.record(obj)
        beside = kept_values.load(self.kind, record.id)
        return replace(
            record,
            name=record.name or beside.get("name"),
            email=record.email or beside.get("email"),
            photo_url=record.photo_url or beside.get("photo_url"),
            attributes={**beside.get("attributes", {}), **(self.read(obj, "attributes") or {})},
        )

    def create(self, new: NewEndUser, context: Context) -> Any:
        """A new one, always: to be known by an e-mail address would give away conversations."""
        obj = self.new(context)
        email = new.email or (nowhere() if self._needs_address() else None)
        given: dict[str, Any] = {"name": new.name, "email": email, "photo_url": new.photo_url}
        values = {word: value for word, value in given.items() if value is not None}
        if new.attributes:
            values["attributes"] = new.attributes
        self.put(obj, values, context)
        return obj

    def _needs_address(self) -> bool:
        """Whether a second one without an address could not be stored."""
        field = self.fields.get("email")
        column = next((path.column for path in field.paths()), None) if field else None
        return column is not None and column.unique and not column.null


def nowhere() -> str:
    """An address that is nobody's."""
    return f"{uuid4().hex}{_NOWHERE}"


class Agents(Part):
    """The staff."""

    words = ("name", "email", "photo_url", "alias")
    kind = "agent"

    name: Any = None
    email: Any = None
    photo_url: Any = None
    alias: Any = None

    def record(self, obj: Any) -> Agent:
        """Somebody without a full name is shown by the name of the login."""
        login = getattr(obj, "get_username", lambda: None)
        return Agent(
            id=self.id_of(obj),
            name=text(self.read(obj, "name")) or text(login()),
            email=text(self.read(obj, "email")),
            photo_url=text(self.read(obj, "photo_url")),
            alias=text(self.read(obj, "alias")),
        )

    def for_user(self, user: Any) -> Any | None:
        """The agent that a login of the helpdesk is, or None; override it where they differ."""
        user_model = getattr(user, "__class__", type(user))  # of a lazy one, who it stands for
        return self.find(self.id_of(user)) if self.is_made_of(user_model) else None
