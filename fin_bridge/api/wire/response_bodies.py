"""The two dialects of Fin's API: each writes records as JSON and wraps them in its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

from ...json_values import encode, instant
from ...records import Agent, Conversation, EndUser, Message
from .problems import Problem


@dataclass(frozen=True, slots=True)
class Created:
    """The answer to `create_conversation`, with the first message."""

    conversation: Conversation
    message: Message


class Rest:
    """The REST dialect: bare objects, with null for what is unknown."""

    envelope = ("", "")  # texts before and after the data of an answer

    def failure(self, problem: Problem) -> tuple[dict[str, Any], str]:
        """Return the body of a problem, and its content type."""
        return problem.as_json(), "application/problem+json"

    def write(self, answer: Any) -> str:
        """Return an operation's answer as JSON: a record or a `Created`."""
        match answer:
            case Message():
                return self.message(answer, encode(self.person(answer.author)))
            case Created():
                conversation, message = map(self.write, (answer.conversation, answer.message))
                return f'{{"conversation":{conversation},"message":{message}}}'
        return encode(self.show(answer))

    def writer(self) -> Callable[[Any], str]:
        """Return a function that writes many answers, and an author of many messages once."""
        return _Writer(self).write

    def show(self, answer: EndUser | Agent | Conversation) -> dict[str, Any]:
        """Return a record that is no message as an object for JSON."""
        if isinstance(answer, Conversation):
            return self.conversation(answer)
        person = self.person(answer)
        attributes = {"attributes": dict(answer.attributes)} if isinstance(answer, EndUser) else {}
        return {**person, **attributes}

    def person(self, record: EndUser | Agent) -> dict[str, Any]:
        """Return a person as the author of a message; that has no attributes."""
        return self.agent(record) if isinstance(record, Agent) else self.end_user(record)

    def end_user(self, record: EndUser) -> dict[str, Any]:
        return {
            "id": record.id,
            "user_type": "end_user",
            "name": record.name,
            "email": record.email,
            "photo_url": record.photo_url,
        }

    def agent(self, record: Agent) -> dict[str, Any]:
        return {
            "id": record.id,
            "user_type": "agent",
            "name": record.name,
            "email": record.email,
            "photo_url": record.photo_url,
            "alias": record.alias,
        }

    def conversation(self, record: Conversation) -> dict[str, Any]:
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

    def message(self, record: Message, author: str) -> str:
        # Not by way of a dictionary: an answer may hold very many.
        try:
            return _message(record, author, encode_basestring)
        except TypeError:  # a description has shown something that is no text
            return _message(record, author, encode)


def _message(record: Message, author: str, text: Callable[[Any], str]) -> str:
    files = [
        f'{{"url":{text(file.url)},"filetype":{text(file.filetype)},"filename":{text(file.filename)}}}'
        for file in record.attachments
    ]
    body = "null" if record.body is None else text(record.body)
    return (
        f'{{"id":{text(record.id)},"conversation_id":{text(record.conversation_id)},'
        f'"message_type":"comment","body":{body},"author":{author},'
        f'"visibility":{text(record.visibility)},"created_at":"{instant(record.created_at)}",'
        f'"attachments":[{",".join(files)}]}}'
    )


class _Writer:
    def __init__(self, dialect: Rest) -> None:
        self._dialect = dialect
        # The last agent and the last end user: most answers have no others.
        self._last: dict[type, tuple[Any, str]] = {}

    def write(self, answer: Any) -> str:
        if not isinstance(answer, Message):
            return self._dialect.write(answer)
        kind = type(answer.author)
        author, written = self._last.get(kind, (None, ""))
        if author is not answer.author:
            written = encode(self._dialect.person(answer.author))
            self._last[kind] = answer.author, written
        return self._dialect.message(answer, written)


class PostsOnly(Rest):
    """The POST-only dialect: wrapped objects, and agents with a name and an address, if empty."""

    envelope = ('{"data":', "}")

    def failure(self, problem: Problem) -> tuple[dict[str, Any], str]:
        return {"error": problem.as_json()}, "application/json"

    def agent(self, record: Agent) -> dict[str, Any]:
        return {
            "id": record.id,
            "user_type": "agent",
            "name": record.name or "",
            "email": record.email or "",
            "photo_url": record.photo_url,
            "alias_name": record.alias,
        }
