"""The part of conversations, and what Fin may do with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models

from ...conf import conf
from ...models import FinReference
from ...records import Conversation, NewConversation
from .. import listening
from ..writing import kept_values
from .part import Context, Part, text, texts


class Conversations(Part):
    """Tickets, cases, chats."""

    words = (
        "title",
        "user",
        "status",
        "assignee",
        "tags",
        "attributes",
        "created_at",
        "updated_at",
    )
    kind = FinReference.Kind.CONVERSATION

    title: Any = None
    user: Any = None
    status: Any = None
    assignee: Any = None
    tags: Any = None
    attributes: Any = None
    created_at: Any = None
    updated_at: Any = None

    scope: Any = "known"
    """Which are Fin's: `"known"` (it started them or was given them), `"all"`, or a method."""
    watch: Mapping[str, str] = {}
    """Other models whose rows change what Fin sees: label to path to the conversation."""
    signals: Mapping[str, str] = {}
    """Signals of the helpdesk's own: dotted path of each to the argument that leads to the
    conversation, such as `{"support.signals.merged": "ticket"}`."""

    def integration(self, obj: Any) -> str | None:
        """Whose it is; to be overridden where there are several integrations."""
        names = list(conf.integrations)
        return names[0] if len(names) == 1 else None

    def visible_to(self, queryset: models.QuerySet[Any], agent: Any) -> models.QuerySet[Any]:
        """Those of them that an agent may see: all, unless the helpdesk says otherwise."""
        return queryset

    def read(self, obj: Any, word: str) -> Any:
        """As any word; a user of whom the helpdesk knows only the address may be one of ours."""
        value = super().read(obj, word)
        return self._visitor(obj, value) if word == "user" else value

    def _visitor(self, obj: Any, user: Any) -> Any:
        """The look into what we keep is remembered on the object."""
        if self.desk.keeps_visitors:
            if "_fin_user" not in obj.__dict__:
                ours = kept_values.load(self.kind, self.id_of(obj)).get("user")
                obj._fin_user = self.desk.end_users.find(ours) if ours else None
            return obj._fin_user or user
        return user

    def record(self, obj: Any) -> Conversation:
        """As Fin is shown it, with what is kept for it."""
        beside = kept_values.load(self.kind, self.id_of(obj))
        assignee = self.read(obj, "assignee")
        return Conversation(
            id=self.id_of(obj),
            status=self.read(obj, "status"),
            user=self.desk.end_users.full_record(self.read(obj, "user")),
            created_at=self.read(obj, "created_at"),
            updated_at=self.read(obj, "updated_at") or self.read(obj, "created_at"),
            title=text(self._or_kept(obj, "title", beside)),
            tags=texts(self._or_kept(obj, "tags", beside)),
            attributes={
                **beside.get("attributes", {}),
                **(self.read(obj, "attributes") or {}),
            },
            assignee=None if assignee is None else self.desk.agents.record(assignee),
        )

    def _or_kept(self, obj: Any, word: str, beside: Mapping[str, Any]) -> Any:
        return self.read(obj, word) if word in self._readers else beside.get(word)

    def create(self, new: NewConversation, user: Any, context: Context) -> Any:
        """Open one for an end user, in the hands of Fin's agent.

        The opening text is put into it where that is where the helpdesk has it.
        """
        obj = self.new(context)
        opening = self.desk.opening
        if opening is not None and opening.takes(new.message):
            opening.put_into(obj, new.message, context)
        values: dict[str, Any] = {"user": user, "status": "open", "title": new.title}
        if context.agent is not None:
            values["assignee"] = context.agent
        if new.attributes:
            values["attributes"] = new.attributes
        self.put(obj, values, context)
        return obj

    def handover(self, obj: Any, context: Context) -> bool:
        """Give it to people: nobody's in particular, until one takes it."""
        return self.put(obj, {"assignee": None}, context)

    def reopen(self, obj: Any, context: Context) -> bool:
        """The customer has written into a conversation that was finished."""
        return self.put(obj, {"status": "open"}, context)

    def problems(self) -> Iterator[str]:
        """Those of what is listened to as well."""
        yield from super().problems()
        yield from (f"{type(self).__name__}.{problem}" for problem in listening.problems(self))
