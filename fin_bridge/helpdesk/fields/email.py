"""Customers by an address on their conversations, for helpdesks without a table of customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from django.core.exceptions import ValidationError

from ..owner import Context
from .path import Field, Path, assign, fit

VISITOR_PREFIX: Final = "visitor-"
"""The ids that we make for visitors begin so, and no address does."""

_NOWHERE: Final = "@end-user.invalid"


def nowhere() -> str:
    """Return an address at which no mail ever arrives (RFC 2606), another one at each call.

    It is for columns that must hold an address where the customer has none.
    """
    return f"{uuid4().hex}{_NOWHERE}"


def is_nowhere(address: str) -> bool:
    """Return whether `nowhere` made an address."""
    return address.endswith(_NOWHERE)


@dataclass(frozen=True, slots=True)
class Visitor:
    """An end user of whom the helpdesk has no row.

    `id` is the address in lower case or, for a visitor whom Fin has created, an id of ours.
    """

    id: str
    email: str | None = None
    name: str | None = None


class Email(Field):
    """A conversation's customer by an address that stands on it, read as a `Visitor`.

    `email` is the path to the address, `name` the path to the customer's name, if there is one.
    """

    def __init__(self, email: str, *, name: str = "") -> None:
        self.email = Path(email)
        self.person = Path(name) if name else None

    def paths(self) -> Sequence[Path]:
        return (self.email, self.person) if self.person else (self.email,)

    def read(self, obj: Any) -> Visitor | None:
        email = str(self.email.read(obj) or "")
        name = str((self.person and self.person.read(obj)) or "")
        return Visitor(email.lower(), email, name or None) if email else None

    def find(self, address: str) -> Visitor | None:
        """Return the visitor of an address, as the newest conversation has it, or None."""
        if address != address.lower() or not 0 < len(address) < 255 or "\x00" in address:
            return None
        rows = self.part.queryset().filter(**{f"{self.email.lookup}__iexact": address})
        newest = rows.order_by("-pk").first()
        return None if newest is None else self.read(newest)

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """Write a visitor's address and name; where an address must be, make one if need be."""
        column = self.email.own
        assert column is not None
        email = value.email if _is_valid(column, value.email) else None
        if email is None and not (column.blank or column.null):
            email = nowhere()
        changed = assign(obj, column, fit(column, email))
        if self.person and (name := self.person.own):
            changed |= assign(obj, name, fit(name, value.name))
        return changed

    def leftover(self, value: Any) -> str | None:
        """Return the id of a visitor whom Fin has created: no address leads to that id."""
        return str(value.id) if value.id.startswith(VISITOR_PREFIX) else None


def _is_valid(column: Any, address: str | None) -> bool:
    try:
        column.run_validators(address)
    except ValidationError:
        return False
    return bool(address)
