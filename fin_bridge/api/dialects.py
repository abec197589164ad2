"""The two dialects of the wire: records as Fin reads them, and what is wrapped around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..encoding import instant
from ..records import Agent, Conversation, EndUser, Message
from .problems import Problem


@dataclass(frozen=True, slots=True)
class Created:
    """The answer to `create_conversation`."""

    conversation: Conversation
    message: Message


class Rest:
    """Bare objects; null where something is unknown."""

    envelope = ("", "")
    """What stands before and after the data of an answer."""

    def failure(self, problem: Problem) -> tuple[dict[str, Any], str]:
        """The body of a problem, and its content type."""
        return problem.as_json(), "application/problem+json"

    def show(self, answer: Any) -> Any:
        """Any answer of an operation's, as JSON knows it."""
        match answer:
            case EndUser():
                return {**self.end_user(answer), "attributes": dict(answer.attributes)}
            case Agent():
                return self.agent(answer)
            case Conversation():
                return self.conversation(answer)
            case Message():
                return self.message(answer)
        assert isinstance(answer, Created)
        return {
            "conversation": self.conversation(answer.conversation),
            "message": self.message(answer.message),
        }

    def end_user(self, record: EndUser) -> dict[str, Any]:
        """Without attributes, as the author of a message is."""
        return {
            "id": record.id,
            "user_type": "end_user",
            "name": record.name,
            "email": record.email,
            "photo_url": record.photo_url,
        }

    def agent(self, record: Agent) -> dict[str, Any]:
        """The alias is `alias` here."""
        return {
            "id": record.id,
            "user_type": "agent",
            "name": record.name,
            "email": record.email,
            "photo_url": record.photo_url,
            "alias": record.alias,
        }

    def conversation(self, record: Conversation) -> dict[str, Any]:
        """With its user and assignee."""
        return {
            "id": record.id,
            "status": record.status,
            "user": self.show(record.user),
            "title": record.title,
            "tags": list(record.tags),
            "attributes": dict(record.attributes),
            "assignee": None if record.assignee is None else self.agent(record.assignee),
            "created_at": instant(record.created_at),
            "updated_at": instant(record.updated_at),
        }

    def message(self, record: Message) -> dict[str, Any]:
        """With its author."""
        author = record.author
        return {
            "id": record.id,
            "conversation_id": record.conversation_id,
            "message_type": "comment",
            "body": record.body,
            "author": self.agent(author) if isinstance(author, Agent) else self.end_user(author),
            "visibility": record.visibility,
            "created_at": instant(record.created_at),
            "attachments": [
                {"url": one.url, "filetype": one.filetype, "filename": one.filename}
                for one in record.attachments
            ],
        }


class PostsOnly(Rest):
    """Wrapped objects; agents always have a name and an e-mail address, if only empty ones."""

    envelope = ('{"data":', "}")

    def failure(self, problem: Problem) -> tuple[dict[str, Any], str]:
        """Under the key that says which of the two it is."""
        return {"error": problem.as_json()}, "application/json"

    def agent(self, record: Agent) -> dict[str, Any]:
        """The alias is `alias_name` here."""
        return {
            "id": record.id,
            "user_type": "agent",
            "name": record.name or "",
            "email": record.email or "",
            "photo_url": record.photo_url,
            "alias_name": record.alias,
        }
