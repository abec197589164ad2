"""A synchronisation by Fin: push, pull, answer, and always update at the end."""

import re
import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from ..contract import requests
from ..messenger.conversations import Conversation, Customer
from ..messenger.messages import Message
from ..messenger.messenger import Messenger
from .client import CallError, HelpdeskClient
from .journal import Journal
from .replies import Derived, reply_to, title_of

_FIN = re.compile(r"\bFin\b")
_ABOUT_A_CONVERSATION = {
    "get_conversation",
    "get_messages",
    "create_message",
    "update_conversation",
}


class Synchroniser:
    """Brings one conversation at a time up to date, as the contract says that Fin does."""

    def __init__(self, client: HelpdeskClient, messenger: Messenger, journal: Journal) -> None:
        self._client, self._messenger, self._journal = client, messenger, journal
        self._agent: Mapping[str, Any] | None = None
        self._agent_lock = threading.Lock()

    def sync(self, conversation: Conversation) -> bool:
        """Synchronise once; return False if it is worth another try."""
        if conversation.is_over:
            return True
        if conversation.id is None and not self._begin(conversation):
            return True
        try:
            self._push(conversation)
            self._pull(conversation)
            self._answer(conversation)
            self._update(conversation)
        except CallError as error:
            return self._has_settled(conversation, error)
        return True

    def agent(self) -> Mapping[str, Any] | None:
        """Return the agent that acts as Fin: the one named Fin, else the first; then keep it."""
        with self._agent_lock:
            if self._agent is None:
                agents = self._client.call("get_agents")
                named = (agent for agent in agents if _FIN.search(agent.get("name") or ""))
                self._agent = next(named, agents[0] if agents else None)
            return self._agent

    @property
    def agent_id(self) -> str | None:
        """Return the id of Fin's agent, None as long as it is not known."""
        return self._agent["id"] if self._agent is not None else None

    def _has_settled(self, conversation: Conversation, error: CallError) -> bool:
        is_about_it = error.operation in _ABOUT_A_CONVERSATION
        if error.status != HTTPStatus.NOT_FOUND or not is_about_it:
            self._journal.add_note(f"The sync of {conversation.id} failed: {error}")
            return False
        conversation.is_gone = True
        self._journal.add_note(f"{conversation.id} is gone: {error}")
        if conversation.customer is None:
            self._messenger.forget(conversation)
        return True

    def _begin(self, conversation: Conversation) -> bool:
        """Create the conversation, once: a failure is shown to the customer (contract)."""
        customer, first = conversation.customer, conversation.outgoing()[0]
        assert customer is not None
        try:
            self._introduce(customer)
            with self._messenger.beginning():
                answer = self._client.call("create_conversation", self._creation(conversation))
                conversation.observe(answer["conversation"])
                first.stored(answer["message"])
        except CallError as error:
            self._journal.add_note(f"A conversation could not be created: {error}")
            conversation.has_failed = True
            conversation.give_up_sending()
            return False
        return True

    def _introduce(self, customer: Customer) -> None:
        if customer.id is None:
            person = {"name": customer.name, "email": customer.email}
            values = {**person, "object_id": customer.object_id}
            customer.learn(self._client.call("create_user", values))
        if customer.has_news:
            news = {"user_id": customer.id, "attributes": dict(customer.attributes)}
            self._client.call("update_user", news)
            customer.has_news = False

    def _creation(self, conversation: Conversation) -> dict[str, Any]:
        customer, first = conversation.customer, conversation.outgoing()[0]
        assert customer is not None
        return requests.creation(
            self._client.dialect,
            customer.as_user(),
            {"channel": "messenger"},
            object_id=conversation.object_id,
            initial_message=first.as_input(customer.as_author()),
        )

    def _push(self, conversation: Conversation) -> None:
        for message in conversation.outgoing():
            author = message.author
            if message.is_by_customer and conversation.customer is not None:
                author = conversation.customer.as_author()  # the id came after the writing
            values = {"conversation_id": conversation.id, **message.as_input(author)}
            message.stored(self._client.call("create_message", values))

    def _pull(self, conversation: Conversation) -> None:
        values = {"conversation_id": conversation.id}
        pulled = self._client.call("get_conversation", values)
        if conversation.last_seen_id is not None:
            values["after_id"] = conversation.last_seen_id
        messages = self._client.call("get_messages", values)
        user = self._client.call("get_user", {"user_id": pulled["user"]["id"]})
        conversation.customer = self._messenger.customer_of(user)
        conversation.observe(pulled)
        conversation.engagement.observe(conversation.assignee, self.agent())
        public = [message for message in messages if message["visibility"] == "public"]
        conversation.show([self._shown(message) for message in public])
        if messages:
            conversation.last_seen_id = messages[-1]["id"]

    def _shown(self, pulled: Mapping[str, Any]) -> Message:
        return Message.from_helpdesk(
            pulled, requests.alias_of(self._client.dialect, pulled["author"])
        )

    def _answer(self, conversation: Conversation) -> None:
        agent, question = self.agent(), conversation.question()
        if agent is None or question is None or not conversation.engagement.is_in_charge:
            return
        reply = reply_to(question.text)
        conversation.answer(question, agent, reply.html)
        conversation.engagement.take_in(reply)
        self._push(conversation)

    def _update(self, conversation: Conversation) -> None:
        engagement = conversation.engagement
        derived, engagement.derived = engagement.derived, Derived()
        try:
            answer = self._client.call(
                "update_conversation", self._update_values(conversation, derived)
            )
        except CallError:
            engagement.derived = derived.then(engagement.derived)
            raise
        engagement.is_handover_known = True
        conversation.observe(answer)

    def _update_values(self, conversation: Conversation, derived: Derived) -> dict[str, Any]:
        """Return the state that Fin has pulled, with what it has derived itself."""
        assert conversation.customer is not None
        values: dict[str, Any] = {
            "conversation_id": conversation.id,
            "title": conversation.title or title_of(conversation.first_text()) or None,
            "status": derived.status or conversation.status,
            **conversation.engagement.assignment(self.agent()),
        }
        if conversation.tags is not None or derived.tags:
            values["tags"] = list(dict.fromkeys([*(conversation.tags or ()), *derived.tags]))
        if derived.attributes:
            values["attributes"] = derived.attributes
        if conversation.read_at is not None:
            values["last_user_read_at"] = conversation.read_at.isoformat().replace("+00:00", "Z")
        return requests.update(self._client.dialect, conversation.customer.as_author(), **values)
