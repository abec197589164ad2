"""Customers and their conversations, as the Messenger shows them and as tests look at them."""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..simulator.replies import Engagement
from .messages import Message, State, html_of

_OPEN_SECONDS = 3.0
"""The Messenger counts as open for so long after the customer was last seen in it."""


@dataclass(eq=False)
class Customer:
    """A person who writes in the Messenger; `id` is the helpdesk's, None until it is known."""

    name: str | None
    email: str | None
    start: "Callable[[Customer, str, str | None], Conversation]" = field(repr=False)
    id: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    has_news: bool = False
    """True while there are attributes that the helpdesk has not been told."""
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def object_id(self) -> str:
        """Return Fin's id of the person, made of the address: a restart changes nothing."""
        return (
            str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{self.email.casefold()}"))
            if self.email
            else self.key
        )

    def write(self, text: str = "", *, file_url: str | None = None) -> "Conversation":
        """Begin a new conversation with this message; return at once, while Fin works.

        `file_url` is an https address of a file to send along. Raises ValueError if there is
        nothing to send.
        """
        return self.start(self, text, file_url)

    def as_author(self) -> dict[str, Any]:
        return {"id": self.id, "user_type": "end_user", "name": self.name, "email": self.email}

    def as_user(self) -> dict[str, Any]:
        return {**self.as_author(), "attributes": dict(self.attributes)}

    def learn(self, user: Mapping[str, Any]) -> None:
        self.id = user["id"]
        self.name, self.email = user.get("name") or self.name, user.get("email") or self.email
        self.attributes = {**(user.get("attributes") or {}), **self.attributes}


class Conversation:
    """A conversation; `customer` is None until a pull has told who it is.

    Title, status, tags, attributes and assignee are those of the last pull or update.
    """

    def __init__(
        self,
        customer: Customer | None,
        lock: threading.RLock,
        request_sync: "Callable[[Conversation], None]",
    ) -> None:
        self.customer = customer
        self.key = uuid.uuid4().hex
        self.object_id = str(uuid.uuid4())
        self.id: str | None = None
        self.title: str | None = None
        self.status = "open"
        self.tags: list[str] | None = None
        self.attributes: dict[str, Any] = {}
        self.assignee: Mapping[str, Any] | None = None
        self.has_failed = False
        """True if the helpdesk did not take it: the customer is told and it ends."""
        self.is_gone = False
        """True if the helpdesk no longer knows it."""
        self.engagement = Engagement(is_in_charge=customer is not None)
        self.last_seen_id: str | None = None
        self.read_at: datetime | None = None
        self.unread = 0
        self._messages: list[Message] = []
        self._typing: tuple[Mapping[str, Any], float] | None = None
        self._open_until = 0.0
        self._lock = lock
        self._request_sync = request_sync

    @property
    def messages(self) -> list[Message]:
        """Return the messages in the Messenger, oldest first; Fin's once the helpdesk has them."""
        with self._lock:
            return [
                message
                for message in sorted(self._messages, key=lambda message: message.created_at)
                if message.is_by_customer or message.state is State.SENT
            ]

    @property
    def typing(self) -> str | None:
        """Return the alias or name of the agent who is shown as typing, or None."""
        with self._lock:
            if self._typing is None or time.monotonic() >= self._typing[1]:
                return None
            agent = self._typing[0]
            return agent.get("alias") or agent["name"] or "An agent"

    @property
    def is_over(self) -> bool:
        return self.has_failed or self.is_gone

    def write(self, text: str = "", *, file_url: str | None = None) -> None:
        """Send a message as the customer; return at once. An https URL may go with it.

        Raises ValueError if there is nothing to send or nowhere to send it.
        """
        if self.is_over or self.customer is None:
            raise ValueError("this conversation has ended")
        if not text.strip() and not file_url:
            raise ValueError("a message has a text or a file")
        if file_url and not file_url.startswith("https://"):
            raise ValueError("the address of a file begins with https://")
        attachments = [{"url": file_url}] if file_url else []
        message = Message(self.customer.as_author(), html_of(text), attachments=attachments)
        with self._lock:
            self._messages.append(message)
            if self.status != "open":
                self.engagement.derived.status = "open"
        self._request_sync(self)

    def read(self) -> None:
        """Look at the conversation as the customer: it counts as open for some seconds."""
        with self._lock:
            self._open_until = time.monotonic() + _OPEN_SECONDS
            has_news = self.unread > 0
            if has_news:
                self._mark_read()
        if has_news and self.id and not self.is_over:
            self._request_sync(self)

    def answer(self, question: Message, agent: Mapping[str, Any], body: str) -> None:
        """Put an answer of Fin on its way; the next push sends it."""
        author = {key: agent.get(key) for key in ("id", "user_type", "name", "email")}
        with self._lock:
            question.is_answered = True
            self._messages.append(Message(author, body))

    def outgoing(self) -> list[Message]:
        """Return what the helpdesk does not have yet, in the order of writing."""
        with self._lock:
            return [message for message in self._messages if message.state is State.SENDING]

    def question(self) -> Message | None:
        """Return the customer's message that nobody has answered: the last, if it is theirs."""
        with self._lock:
            latest = sorted(self._messages, key=lambda message: message.created_at)[-1:]
            for message in latest:
                if message.is_by_customer and not message.is_answered:
                    return message
            return None

    def first_text(self) -> str:
        """Return what the customer first wrote, for a title."""
        texts = (message.text for message in self.messages if message.is_by_customer)
        return next(filter(None, texts), "")

    def show(self, messages: list[Message]) -> None:
        """Add messages of a pull; one that was synchronised before is ignored (contract)."""
        with self._lock:
            known = {message.id for message in self._messages}
            fresh = [message for message in messages if message.id not in known]
            self._messages += fresh
            received = [message for message in fresh if not message.is_by_customer]
            self.unread += len(received)
            if time.monotonic() < self._open_until:
                self._mark_read()
            if self._typing and any(
                message.author["id"] == self._typing[0]["id"] for message in received
            ):
                self._typing = None

    def observe(self, pulled: Mapping[str, Any]) -> None:
        with self._lock:
            self.id, self.status = pulled["id"], pulled["status"]
            self.title, self.tags = pulled.get("title"), pulled.get("tags")
            self.attributes = pulled.get("attributes") or {}
            self.assignee = pulled.get("assignee")

    def show_typing(self, agent: Mapping[str, Any], seconds: float) -> None:
        with self._lock:
            self._typing = (agent, time.monotonic() + seconds)

    def give_up_sending(self) -> None:
        for message in self.outgoing():
            message.state = State.FAILED

    def _mark_read(self) -> None:
        self.read_at, self.unread = datetime.now(UTC), 0
