"""The part of the conversations, and what Fin may do with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from ...conf import conf
from ...database import clock
from ...models import FinReference, database
from ...records import Conversation, NewConversation
from ..fields.failures import attempt, read_or_none
from ..owner import Context
from ..writing import kept_values
from .merging import Mergeable
from .part import text, texts


class Conversations(Mergeable):
    """The conversations, which a helpdesk may call tickets, cases or chats."""

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
    """The conversations that are Fin's.

    `"known"` means those that Fin has started or was given, `"all"` means all of them. A host may
    write a method `scope(self, obj)` instead, which is given a conversation and returns a bool.
    """
    watch: Mapping[str, str] = {}
    """Other models whose rows change what Fin sees.

    Each model's `app_label.Model` is mapped to the dotted path from a row to its conversation.
    """
    signals: Mapping[str, str] = {}
    """Signals of the helpdesk's own that tell of a change, such as
    `{"support.signals.merged": "ticket"}`.

    Each signal's dotted path is mapped to the argument that is the conversation or, with further
    names after a dot, leads to it.
    """

    def integration(self, obj: Any) -> str | None:
        """Return the name of the integration that a conversation belongs to.

        A host with several integrations overrides it. It is given a conversation, and returns a
        name of `FIN_BRIDGE_INTEGRATIONS`, or None: then a conversation belongs to the only
        integration that knows it.
        """
        names = list(conf.integrations)
        return names[0] if len(names) == 1 else None

    def visible_to(self, queryset: models.QuerySet[Any], agent: Any) -> models.QuerySet[Any]:
        """Return those conversations of a queryset that an agent may see.

        A host whose agents do not see all of them overrides it. It is given a queryset of the
        part's model and an object of the agents' part, and returns a narrower queryset.
        """
        return queryset

    def read(self, obj: Any, word: str) -> Any:
        """Read a word; as the `user` of an address, find the visitor whom Fin has created.

        A user at whom the helpdesk's code fails is unknown: it costs no other word, no message.
        """
        if word != "user":
            return super().read(obj, word)
        return self._visitor(obj, attempt(self, obj, word, super().read, obj, word))

    def _visitor(self, obj: Any, user: Any) -> Any:
        """Return the visitor whom we keep, if any, and remember it on the conversation."""
        if self.desk.keeps_visitors:
            if "_fin_user" not in obj.__dict__:
                ours = kept_values.load(self.kind, self.id_of(obj)).get("user")
                obj._fin_user = self.desk.end_users.find(ours) if ours else None
            return obj._fin_user or user
        return user

    def record(self, obj: Any) -> Conversation:
        """Return a conversation as Fin is shown it, with the values that are kept by us.

        A word at which the helpdesk's code fails counts as one that it does not have: the status
        is open then, and the conversation was made just now.
        """
        kept = kept_values.load(self.kind, self.id_of(obj))
        assignee = read_or_none(self, obj, "assignee")
        created_at = read_or_none(self, obj, "created_at") or clock.now(database())
        return Conversation(
            id=self.id_of(obj),
            status=read_or_none(self, obj, "status") or "open",
            user=self.desk.end_users.full_record(self.read(obj, "user")),
            created_at=created_at,
            updated_at=read_or_none(self, obj, "updated_at") or created_at,
            title=text(self._or_kept(obj, "title", kept)),
            tags=texts(self._or_kept(obj, "tags", kept)),
            attributes={
                **kept.get("attributes", {}),
                **(read_or_none(self, obj, "attributes") or {}),
            },
            assignee=None if assignee is None else self.desk.agents.record(assignee),
        )

    def _or_kept(self, obj: Any, word: str, kept: Mapping[str, Any]) -> Any:
        if word in self._readers:
            return read_or_none(self, obj, word)
        return kept.get(word)

    def create(self, new: NewConversation, user: Any, context: Context) -> Any:
        """Open a conversation for an end user, and assign it to Fin's agent.

        The first message is put into it if the helpdesk has opening texts there. A host may
        override it. It is given what Fin says of the conversation, an object of the end users'
        part, and for whom it is written. It returns the saved conversation, and may raise
        `RefusedError`.
        """
        obj = self.new(context)
        opening = self.desk.opening
        if opening is not None and opening.takes(new.message):
            opening.put_into(obj, new.message, context)
        values: dict[str, Any] = {"user": user, "status": "open"}
        if new.title is not None:
            values["title"] = new.title
        if context.agent is not None:
            values["assignee"] = context.agent
        if new.attributes:
            values["attributes"] = new.attributes
        self.put(obj, values, context)
        return obj

    def handover(self, obj: Any, context: Context) -> bool:
        """Give a conversation from Fin to people: by default to nobody in particular.

        A host may override it to choose who gets it. It is given a conversation and for whom it is
        written, returns whether the conversation stands as it was written, and may raise
        `RefusedError`.
        """
        return self.put(obj, {"assignee": None}, context)

    def reopen(self, obj: Any, context: Context) -> bool:
        """Open a finished conversation again, because its customer writes.

        A host may override it. It is given a conversation and for whom it is written, returns
        whether the conversation stands as it was written, and may raise any error: the customer's
        message is written all the same.
        """
        return self.put(obj, {"status": "open"}, context)
