"""The part of end users of whom a helpdesk has no table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from ...records import EndUser, NewEndUser
from ..fields.email import VISITOR_PREFIX, Email, Visitor
from ..owner import Context, Desk
from ..writing import kept_values
from .people import EndUsers


class Visitors(EndUsers):
    """The end users of a helpdesk whose conversations say `user = Email(...)`.

    A visitor whom Fin creates gets an id of ours, whatever address is given: nobody becomes a
    customer by naming that customer's address.
    """

    def bind(self, desk: Desk) -> None:
        self.desk = desk
        self.model_class = Visitor  # type: ignore[assignment]  # no model, so no rows to ask for
        self.fields, self._readers, self.conditions = {}, {}, {}

    def is_made_of(self, model: Any) -> bool:
        return bool(model is Visitor)

    def id_of(self, obj: Any) -> str:
        return str(obj.id)

    def key(self, local_id: str) -> str | None:
        return local_id or None

    def record(self, obj: Any) -> EndUser:
        return EndUser(id=obj.id, name=obj.name, email=obj.email)

    def find(self, local_id: str, *, lock: bool = False) -> Visitor | None:
        """Return the visitor of an id of ours, or of an address that has written here, or None."""
        if local_id.startswith(VISITOR_PREFIX):
            kept = kept_values.load(self.kind, local_id)
            if not kept:
                return None
            return Visitor(local_id, kept.get("email"), kept.get("name"))
        user = self.desk.conversations.fields.get("user")
        return user.find(local_id) if isinstance(user, Email) else None

    def create(self, new: NewEndUser, context: Context) -> Visitor:
        visitor = Visitor(f"{VISITOR_PREFIX}{uuid4().hex}", new.email, new.name)
        values = {"name": new.name, "email": new.email, "attributes": dict(new.attributes)}
        kept_values.keep(self.kind, visitor.id, {**values, "photo_url": new.photo_url})
        return visitor

    def put(self, obj: Any, values: Mapping[str, Any], context: Context) -> bool:
        kept_values.keep(self.kind, obj.id, values)
        return True
