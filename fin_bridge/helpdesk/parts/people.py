"""The parts of people: end users, and the agents, of whom Fin's own account is one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...models import FinReference
from ...records import UNKNOWN_END_USER, Agent, EndUser, NewEndUser
from ..fields import pictures
from ..fields.email import is_nowhere, nowhere
from ..fields.failures import attempt, read_or_none
from ..owner import Context
from ..writing import kept_values
from .merging import Mergeable
from .part import Part, text


class EndUsers(Mergeable):
    """The customers, whatever the helpdesk calls them. They seldom are users of its login."""

    words = ("name", "email", "photo_url", "attributes")
    kind = FinReference.Kind.END_USER

    name: Any = None
    email: Any = None
    photo_url: Any = None
    attributes: Any = None

    def record(self, obj: Any) -> EndUser:
        """Return the end user without attributes, as authors of messages are shown."""
        email = _told(self, obj, "email")
        return EndUser(
            id=self.id_of(obj),
            name=_told(self, obj, "name"),
            email=None if email and is_nowhere(email) else email,
            photo_url=_photo(self, obj),
        )

    def full_record(self, obj: Any) -> EndUser:
        """Return the end user with the helpdesk's attributes and those that are kept by us.

        It takes one more statement. None is shown as a customer of whom nothing is known.
        """
        if obj is None:
            return UNKNOWN_END_USER
        record = self.record(obj)
        kept = kept_values.load(self.kind, record.id)
        return replace(
            record,
            name=record.name or kept.get("name"),
            email=record.email or kept.get("email"),
            photo_url=record.photo_url or kept.get("photo_url"),
            attributes={
                **kept.get("attributes", {}),
                **(read_or_none(self, obj, "attributes") or {}),
            },
        )

    def create(self, new: NewEndUser, context: Context) -> Any:
        """Create an end user, and return the object.

        It is always a new one: to be recognised by an address would give conversations away. A
        host may override it. It is given what Fin says of the end user and for whom it is written,
        returns the saved object, and may raise `RefusedError`.
        """
        obj = self.new(context)
        email = new.email or (nowhere() if self._needs_address() else None)
        given: dict[str, Any] = {"name": new.name, "email": email, "photo_url": new.photo_url}
        values = {word: value for word, value in given.items() if value is not None}
        if new.attributes:
            values["attributes"] = new.attributes
        self.put(obj, values, context)
        return obj

    def _needs_address(self) -> bool:
        """Return whether a second end user without an address could not be stored."""
        field = self.fields.get("email")
        column = next((path.column for path in field.paths()), None) if field else None
        return column is not None and column.unique and not column.null


class Agents(Part):
    """The members of the staff, of whom Fin is one."""

    words = ("name", "email", "photo_url", "alias")
    kind = "agent"

    name: Any = None
    email: Any = None
    photo_url: Any = None
    alias: Any = None

    def record(self, obj: Any) -> Agent:
        """Return the agent. Somebody without a full name is shown by the name of the login."""
        login = getattr(obj, "get_username", lambda: None)
        return Agent(
            id=self.id_of(obj),
            name=_told(self, obj, "name") or text(login()),
            email=_told(self, obj, "email"),
            photo_url=_photo(self, obj),
            alias=_told(self, obj, "alias"),
        )

    def for_user(self, user: Any) -> Any | None:
        """Return the agent that a user of the login is, or None for anybody else.

        A host whose agents are rows of another model overrides it. It is given `request.user`,
        which may be anonymous.
        """
        user_model = getattr(user, "__class__", type(user))  # a lazy user stands for another class
        return self.find(self.id_of(user)) if self.is_made_of(user_model) else None


def _told(part: Part, obj: Any, word: str) -> str | None:
    return attempt(part, obj, word, lambda: text(part.read(obj, word)))


def _photo(part: Part, obj: Any) -> str | None:
    word = "photo_url"
    return attempt(part, obj, word, lambda: pictures.photo(part, part.read(obj, word)))
