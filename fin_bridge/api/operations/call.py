"""One call of Fin's while it is answered: its caller, the helpdesk, and its line of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction

from ... import notify
from ...exceptions import NotFoundError, RefusedError
from ...helpdesk import Context, Helpdesk, current, fin_agent
from ...helpdesk.scope import fins
from ...helpdesk.writing.own_writes import as_fin
from ...integrations import Integration
from ...models import ConversationState, database
from ...records import AuthorReference
from ..call_log import Entry


@dataclass
class Call:
    """A call of one integration; `began` is by the database's clock."""

    integration: Integration
    began: datetime
    entry: Entry = field(default_factory=Entry)
    desk: Helpdesk = field(default_factory=current)
    stamp: Callable[[], None] | None = None
    """An operation sets this to what must be stamped once its whole answer has been written."""

    @cached_property
    def context(self) -> Context:
        """The context in which the helpdesk's objects are written: as Fin's agent."""
        agent_id = fin_agent.agent_id(self.integration)
        return Context(self.integration.name, self.desk.agents.find(agent_id))

    @property
    def agent_id(self) -> str:
        """The id of the agent that is Fin; empty while that is unknown."""
        agent = self.context.agent
        return "" if agent is None else self.desk.agents.id_of(agent)

    @property
    def conversation_id(self) -> str:
        """The id of the conversation that the call is about; empty where there is none."""
        return self.entry.conversation_id

    def conversation(self, conversation_id: str, *, lock: bool = False) -> Any:
        """Return the helpdesk's object.

        Raise `NotFoundError` for a conversation that is not this integration's.
        """
        self.entry.conversation_id = conversation_id
        obj = self.desk.conversations.get(conversation_id, lock=lock)
        if fins(self.desk, {conversation_id: obj}).get(conversation_id) != self.integration.name:
            raise NotFoundError(f"There is no conversation {conversation_id[:100]!r}.")
        return obj

    def living_conversation(self, conversation_id: str, *, lock: bool = False) -> Any:
        """Return the conversation that this one lives on as: itself unless it was merged.

        Raise `NotFoundError` for a conversation that is not this integration's.
        """
        conversations = self.desk.conversations
        try:
            obj = self.conversation(conversation_id, lock=lock)
        except NotFoundError:
            if not self._knew(conversation_id):
                raise
            obj = None
        living = conversations.living(conversation_id, obj)
        if living is None:
            raise NotFoundError(f"There is no conversation {conversation_id[:100]!r}.")
        return (
            living if living is obj else conversations.get(conversations.id_of(living), lock=lock)
        )

    def _knew(self, conversation_id: str) -> bool:
        """Return whether Fin knows the id of a conversation that the helpdesk has no more."""
        if self.desk.conversations.find(conversation_id) is not None:
            return False
        states = ConversationState.objects.about(self.integration.name, [conversation_id])
        return bool(states.known_to_fin().exists())

    def writes_as(self, author: AuthorReference) -> None:
        """Raise `NotFoundError` or `RefusedError` unless Fin may write as that agent.

        Fin's agent is the first as which it writes, where the settings name none.
        """
        self.desk.agents.get(author.id)
        if self.integration.agent_id not in (None, author.id):
            raise RefusedError("Fin may write as no other agent than its own.")
        fin_agent.learn(self.integration, author.id)
        self.__dict__.pop("context", None)

    def tell(self, cause: str) -> None:
        """Have Fin pull the conversation again, as its own doing so that no loop comes of it."""
        self.entry.detail = cause
        with as_fin():
            notify(self.conversation_id, cause)


@contextmanager
def writing() -> Iterator[None]:
    """Open a transaction in which each write counts as Fin's and not as news for it."""
    with transaction.atomic(using=database()), as_fin():
        yield
