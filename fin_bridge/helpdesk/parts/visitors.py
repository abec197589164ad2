"""End users of whom a helpdesk has no table: known by an address on each conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from django.core.exceptions import ValidationError

from ...records import EndUser, NewEndUser
from ..fields.path import Field, Path, assign, fit
from ..writing import kept_values
from .part import Context
from .people import EndUsers, nowhere

if TYPE_CHECKING:
    from .part import Part


@dataclass(frozen=True, slots=True)
class Visitor:
    """One of them; `id` is the address, or an id of ours for whom Fin has brought."""

    id: str
    email: str | None = None
    name: str | None = None


class Visitors(EndUsers):
    """The part for such a helpdesk; its conversations say `user = Email(...)`.

    Whom Fin brings gets an id of ours, whatever address is given: nobody becomes a customer by
    naming that customer's address.
    """

    prefix = "visitor-"

    def bind(self, desk: Any) -> None:
        """There is no model to look up."""
        self.desk = desk
        self.model_class = Visitor  # type: ignore[assignment]  # no model, so no rows to ask for
        self.fields, self._readers, self._where = {}, {}, {}

    def is_made_of(self, model: Any) -> bool:
        """They are of a class of ours."""
        return bool(model is Visitor)

    def id_of(self, obj: Any) -> str:
        """The address in lower case, or ours."""
        return str(obj.id)

    def record(self, obj: Any) -> EndUser:
        """As the conversation has it."""
        return EndUser(id=obj.id, name=obj.name, email=obj.email)

    def find(self, local_id: str, *, lock: bool = False) -> Visitor | None:
        """One of ours, or whoever has written from that address."""
        if local_id.startswith(self.prefix):
            beside = kept_values.load(self.kind, local_id)
            if not beside:
                return None
            return Visitor(local_id, beside.get("email"), beside.get("name"))
        user = self.desk.conversations.fields.get("user")
        return user.find(local_id) if isinstance(user, Email) else None

    def create(self, new: NewEndUser, context: Context) -> Visitor:
        """Kept by us."""
        visitor = Visitor(f"{self.prefix}{uuid4().hex}", new.email, new.name)
        values = {"name": new.name, "email": new.email, "attributes": dict(new.attributes)}
        kept_values.keep(self.kind, visitor.id, {**values, "photo_url": new.photo_url})
        return visitor

    def put(self, obj: Any, values: Mapping[str, Any], context: Context) -> bool:
        """All of it is kept by us."""
        kept_values.keep(self.kind, obj.id, values)
        return True


class Email(Field):
    """A conversation's customer, known only by an address that stands on it."""

    def __init__(self, email: str, *, name: str = "") -> None:
        self.email = Path(email)
        self.person = Path(name) if name else None

    def bind(self, part: Part, name: str) -> Self:
        """The paths are bound with it."""
        bound = super().bind(part, name)
        bound.email = self.email.bind(part, name)
        bound.person = self.person and self.person.bind(part, name)
        return bound

    def paths(self) -> tuple[Path, ...]:
        """Those given."""
        return (self.email, self.person) if self.person else (self.email,)

    def read(self, obj: Any) -> Visitor | None:
        """None where there is no address."""
        email = str(self.email.read(obj) or "")
        name = str((self.person and self.person.read(obj)) or "")
        return Visitor(email.lower(), email, name or None) if email else None

    def find(self, address: str) -> Visitor | None:
        """Whoever has written from an address, as the newest conversation names them."""
        if address != address.lower() or not 0 < len(address) < 255 or "\x00" in address:
            return None
        rows = self.part.queryset().filter(**{f"{self.email.lookup}__iexact": address})
        newest = rows.order_by("-pk").first()
        return None if newest is None else self.read(newest)

    def write(self, obj: Any, value: Any, context: Context) -> set[str]:
        """The address and the name; an address of nobody's where there must be a valid one."""
        column = self.email.own
        assert column is not None
        email = value.email if _is_valid(column, value.email) else None
        if email is None and not (column.blank or column.null):
            email = nowhere()
        changed = assign(obj, column, fit(column, email))
        if self.person and (own := self.person.own):
            changed |= assign(obj, own, fit(own, value.name))
        return changed

    def leftover(self, value: Any) -> str | None:
        """Who it is that Fin has brought is not told by the address."""
        return str(value.id) if value.id.startswith(Visitors.prefix) else None


def _is_valid(column: Any, address: str | None) -> bool:
    try:
        column.run_validators(address)
    except ValidationError:
        return False
    return bool(address)
