"""Everybody and everything in the Messenger: customers and their conversations."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .conversations import Conversation
from .messages import Customer


class Messenger:
    """The simulator's memory; safe to use from any thread."""

    def __init__(self, request_sync: Callable[[Conversation], None]) -> None:
        self.lock = threading.RLock()
        self._request_sync = request_sync
        self._customers: list[Customer] = []
        self._conversations: list[Conversation] = []
        self._beginning = 0
        self._postponed: list[str] = []

    @property
    def customers(self) -> list[Customer]:
        """Everybody who has been named or seen."""
        with self.lock:
            return list(self._customers)

    @property
    def conversations(self) -> list[Conversation]:
        """Everything whose customer is known, oldest first."""
        with self.lock:
            return [found for found in self._conversations if found.customer is not None]

    def customer(
        self, name: str | None, email: str | None, attributes: Mapping[str, Any] | None = None
    ) -> Customer:
        """The customer with this e-mail address, or a new one; the attributes are added."""
        with self.lock:
            found = self._by_email(email) or self._add_customer(Customer(name, email, self._start))
            if attributes and not attributes.items() <= found.attributes.items():
                found.attributes |= attributes
                found.has_news = True
            return found

    def customer_of(self, user: Mapping[str, Any]) -> Customer:
        """The customer whom the helpdesk describes, by its id."""
        with self.lock:
            found = next((each for each in self._customers if each.id == user["id"]), None)
            if found is None:
                found = Customer(user.get("name"), user.get("email"), self._start)
                self._add_customer(found)
            found.learn(user)
            return found

    def conversations_of(self, customer: Customer) -> list[Conversation]:
        """Their conversations, the newest first."""
        with self.lock:
            return [
                found
                for found in reversed(self._conversations)
                if found.customer is not None
                if found.customer is customer
                or (customer.id is not None and found.customer.id == customer.id)
            ]

    def find(self, helpdesk_id: str) -> Conversation | None:
        """The conversation with this id of the helpdesk's."""
        with self.lock:
            return next((each for each in self._conversations if each.id == helpdesk_id), None)

    def notify(self, helpdesk_id: str) -> None:
        """Synchronise what an event names, a conversation unknown so far included.

        While Fin is creating one its id is not known yet: an unknown one may be just that, and
        waits until the creation has been answered.
        """
        with self.lock:
            found = self.find(helpdesk_id)
            if found is None and self._beginning:
                self._postponed.append(helpdesk_id)
                return
            if found is None:
                found = Conversation(None, self.lock, self._request_sync)
                found.id = helpdesk_id
                self._conversations.append(found)
        self._request_sync(found)

    def forget(self, conversation: Conversation) -> None:
        """Drop what turned out not to exist."""
        with self.lock:
            self._conversations.remove(conversation)

    @contextmanager
    def beginning(self) -> Iterator[None]:
        """While a conversation is being created in the helpdesk."""
        with self.lock:
            self._beginning += 1
        try:
            yield
        finally:
            with self.lock:
                self._beginning -= 1
                postponed = [] if self._beginning else self._postponed
                self._postponed = self._postponed if self._beginning else []
            for helpdesk_id in postponed:
                self.notify(helpdesk_id)

    def _start(self, customer: Customer, text: str, file_url: str | None) -> Conversation:
        conversation = Conversation(customer, self.lock, self._request_sync)
        with self.lock:
            conversation.write(text, file_url=file_url)
            self._conversations.append(conversation)
        return conversation

    def _add_customer(self, customer: Customer) -> Customer:
        self._customers.append(customer)
        return customer

    def _by_email(self, email: str | None) -> Customer | None:
        wanted = (email or "").casefold()
        matches = (c for c in self._customers if wanted and (c.email or "").casefold() == wanted)
        return next(matches, None)
