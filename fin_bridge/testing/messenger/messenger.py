"""The Messenger's memory: all customers and their conversations."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .conversations import Conversation, Customer


class Messenger:
    """Holds customers and conversations; safe to use from any thread."""

    def __init__(self, request_sync: Callable[[Conversation], None]) -> None:
        self.lock = threading.RLock()
        self._request_sync = request_sync
        self._customers: list[Customer] = []
        self._conversations: list[Conversation] = []
        self._beginning = 0
        self._postponed: list[str] = []

    @property
    def customers(self) -> list[Customer]:
        """Return everybody who has been named or seen."""
        with self.lock:
            return list(self._customers)

    @property
    def conversations(self) -> list[Conversation]:
        """Return the conversations whose customer is known, oldest first."""
        with self.lock:
            return [talk for talk in self._conversations if talk.customer is not None]

    def customer(
        self, name: str | None, email: str | None, attributes: Mapping[str, Any] | None = None
    ) -> Customer:
        """Return the customer with this e-mail address, or a new one; add the attributes."""
        with self.lock:
            found = self._by_email(email) or self._add_customer(Customer(name, email, self._start))
            if attributes and not attributes.items() <= found.attributes.items():
                found.attributes |= attributes
                found.has_news = True
            return found

    def customer_of(self, user: Mapping[str, Any]) -> Customer:
        """Return the customer whom the helpdesk describes, found by its id."""
        with self.lock:
            found = next((person for person in self._customers if person.id == user["id"]), None)
            if found is None:
                found = Customer(user.get("name"), user.get("email"), self._start)
                self._add_customer(found)
            found.learn(user)
            return found

    def conversations_of(self, customer: Customer) -> list[Conversation]:
        with self.lock:
            return [
                talk
                for talk in reversed(self._conversations)
                if talk.customer is not None
                if talk.customer is customer
                or (customer.id is not None and talk.customer.id == customer.id)
            ]

    def find(self, helpdesk_id: str) -> Conversation | None:
        with self.lock:
            return next((talk for talk in self._conversations if talk.id == helpdesk_id), None)

    def notify(self, helpdesk_id: str) -> None:
        """Synchronise the conversation that an event names, even one unknown so far.

        While Fin is creating a conversation its id is not known yet: an unknown one may be just
        that, and waits until the creation has been answered.
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
        """Drop a conversation that turned out not to exist."""
        with self.lock:
            self._conversations.remove(conversation)

    @contextmanager
    def beginning(self) -> Iterator[None]:
        """Hold back events while a conversation is being created in the helpdesk."""
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
        for person in self._customers:
            if wanted and (person.email or "").casefold() == wanted:
                return person
        return None
