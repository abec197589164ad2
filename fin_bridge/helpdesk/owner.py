"""What a field may see of the part that it belongs to, and a part of the other parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models

from ..records import Agent, AuthorReference, EndUser, NewMessage


@dataclass(frozen=True, slots=True)
class Context:
    """Says for whom something is written.

    `integration` is the integration's name. `agent` is the helpdesk's object of the agent who
    acts: Fin's agent, or the person who takes a conversation over. It is None for what a customer
    writes, and as long as Fin's agent is unknown.
    """

    integration: str
    agent: Any = None


class Descriptor(Protocol):
    """A field, as far as writing an object has to know it."""

    after_save: bool

    def write(self, obj: Any, value: Any, context: Context) -> set[str]: ...

    def leftover(self, value: Any) -> Any | None: ...


class Owner(Protocol):
    """A part, as its own fields and the other parts see it."""

    @property
    def kind(self) -> str: ...

    @property
    def desk(self) -> Desk: ...

    @property
    def model_class(self) -> type[models.Model]: ...

    @property
    def fields(self) -> Mapping[str, Descriptor]: ...

    def queryset(self) -> models.QuerySet[Any]: ...

    def is_made_of(self, model: Any) -> bool: ...

    def has(self, obj: Any) -> bool: ...

    def id_of(self, obj: Any) -> str: ...

    def id_of_key(self, key: Any) -> str: ...

    def find(self, local_id: str, *, lock: bool = False) -> Any | None: ...

    def read(self, obj: Any, word: str) -> Any: ...

    def save(self, obj: Any, changed: set[str], context: Context) -> bool: ...


class Staff(Owner, Protocol):
    """The part of the agents, as the other parts see it."""

    def record(self, obj: Any) -> Agent: ...


class Customers(Owner, Protocol):
    """The part of the end users, as the other parts see it."""

    def record(self, obj: Any) -> EndUser: ...

    def full_record(self, obj: Any) -> EndUser: ...


class FirstMessage(Owner, Protocol):
    """The part of the opening texts, as the part of the conversations sees it."""

    def takes(self, new: NewMessage) -> bool: ...

    def put_into(self, conversation: Any, new: NewMessage, context: Context) -> None: ...


class Desk(Protocol):
    """The whole description, as a single part of it sees it."""

    @property
    def parts(self) -> Sequence[Owner]: ...

    @property
    def agents(self) -> Staff: ...

    @property
    def end_users(self) -> Customers: ...

    @property
    def conversations(self) -> Owner: ...

    @property
    def opening(self) -> FirstMessage | None: ...

    @property
    def keeps_visitors(self) -> bool: ...

    def joins_of(self, model: type[models.Model]) -> set[str]: ...

    def person(self, value: Any) -> Agent | EndUser: ...

    def customer(self, value: Any) -> Agent | EndUser: ...

    def named(self, reference: AuthorReference) -> Any: ...
