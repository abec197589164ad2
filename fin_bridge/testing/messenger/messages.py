"""Who writes in the Messenger, and what: customers and public messages."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from . import markup

if TYPE_CHECKING:
    from .conversations import Conversation


class State(StrEnum):
    """Where a message is on its way to the helpdesk."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(eq=False)
class Customer:
    """A person who writes in the Messenger; `id` is the helpdesk's, once it is known."""

    name: str | None
    email: str | None
    start: "Callable[[Customer, str, str | None], Conversation]" = field(repr=False)
    id: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    has_news: bool = False
    """Whether there are attributes that the helpdesk has not been told."""
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def object_id(self) -> str:
        """Fin's id of the person: the same after a restart, so that nobody is created twice."""
        return (
            str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{self.email.casefold()}"))
            if self.email
            else self.key
        )

    def write(self, text: str = "", *, file_url: str | None = None) -> "Conversation":
        """Begin a new conversation with this message; returns at once, Fin works behind it."""
        return self.start(self, text, file_url)

    def as_author(self) -> dict[str, Any]:
        """The customer as the author of a request's message."""
        return {"id": self.id, "user_type": "end_user", "name": self.name, "email": self.email}

    def as_user(self) -> dict[str, Any]:
        """The customer as the user object of the POST-only dialect."""
        return {**self.as_author(), "attributes": dict(self.attributes)}

    def learn(self, user: Mapping[str, Any]) -> None:
        """Take over what the helpdesk says about the person."""
        self.id = user["id"]
        self.name, self.email = user.get("name") or self.name, user.get("email") or self.email
        self.attributes = {**(user.get("attributes") or {}), **self.attributes}


@dataclass(eq=False)
class Message:
    """A public message; `author` and `attachments` are as the contract has them."""

    author: Mapping[str, Any]
    body: str
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    attachments: list[dict[str, Any]] = field(default_factory=list)
    alias: str | None = None
    id: str | None = None
    state: State = State.SENDING
    is_answered: bool = False
    """Whether Fin has replied to it."""
    object_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @classmethod
    def from_helpdesk(cls, pulled: Mapping[str, Any], alias: str | None) -> "Message":
        """A message of `get_messages`."""
        return cls(
            author=pulled["author"],
            body=pulled.get("body") or "",
            created_at=datetime.fromisoformat(pulled["created_at"]),
            attachments=pulled.get("attachments") or [],
            alias=alias,
            id=pulled["id"],
            state=State.SENT,
        )

    @property
    def is_by_customer(self) -> bool:
        """Whether an end user wrote it."""
        return bool(self.author["user_type"] == "end_user")

    @property
    def author_name(self) -> str:
        """The name that the customer sees."""
        return self.alias or self.author.get("name") or "Support"

    @property
    def text(self) -> str:
        """The body without its tags."""
        return markup.to_text(self.body)

    def as_input(self, author: Mapping[str, Any]) -> dict[str, Any]:
        """The message as the contract's create operations take it."""
        values: dict[str, Any] = {
            "message_type": "comment",
            "author": dict(author),
            "visibility": "public",
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
            "object_id": self.object_id,
        }
        if self.body:
            values["body"] = self.body
        if self.attachments:
            values["attachments"] = self.attachments
        return values

    def stored(self, answer: Mapping[str, Any]) -> None:
        """Note that the helpdesk has it, under which id and when."""
        self.id, self.state = answer["id"], State.SENT
        self.created_at = datetime.fromisoformat(answer["created_at"])
