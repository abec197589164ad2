"""One call of Fin's while it is answered: who calls, since when, and what the log is to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction

from ... import notify
from ...conf import Integration
from ...exceptions import NotFoundError, RefusedError
from ...helpdesk import Context, Helpdesk, current, fin_agent
from ...helpdesk.scope import fins
from ...helpdesk.writing.own_writes import as_fin
from ...models import database
from ...records import AuthorReference


@dataclass
class Call:
    """Of one integration; `began` by the database's clock."""

    integration: Integration
    began: datetime
    desk: Helpdesk = field(default_factory=current)
    conversation_id: str = ""
    """For the log."""
    remark: str = ""
    """For the log: what was done otherwise than Fin asked."""
    end: Callable[[Callable[[], None]], None] = lambda stamp: stamp()
    """Does what is left to do once a long answer is read, together with what the door has to."""

    @cached_property
    def context(self) -> Context:
        """On whose behalf the helpdesk's objects are written."""
        agent_id = fin_agent.agent_id(self.integration)
        return Context(self.integration.name, self.desk.agents.find(agent_id))

    @property
    def agent_id(self) -> str:
        """Of the agent that is Fin; empty while that is unknown."""
        agent = self.context.agent
        return "" if agent is None else self.desk.agents.id_of(agent)

    def conversation(self, conversation_id: str, *, lock: bool = False) -> Any:
        """The helpdesk's object; raises `NotFoundError` for one that is not this integration's."""
        self.conversation_id = conversation_id
        obj = self.desk.conversations.get(conversation_id, lock=lock)
        if fins(self.desk, {conversation_id: obj}).get(conversation_id) != self.integration.name:
            raise NotFoundError(f"There is no conversation {conversation_id[:100]!r}.")
        return obj

    def writes_as(self, author: AuthorReference) -> None:
        """Make sure that Fin may write as that agent; as which it first does, it is known by."""
        self.desk.agents.get(author.id)
        if self.integration.agent_id not in (None, author.id):
            raise RefusedError("Fin may write as no other agent than its own.")
        fin_agent.learn(self.integration, author.id)
        self.__dict__.pop("context", None)

    def tell(self, cause: str) -> None:
        """Have Fin pull the conversation again; as Fin's doing, so that no loop comes of it."""
        self.remark = cause
        with as_fin():
            notify(self.conversation_id, cause)


@contextmanager
def writing() -> Iterator[None]:
    """One transaction, in which everything is Fin's doing."""
    with transaction.atomic(using=database()), as_fin():
        yield
