"""A conversation as Fin would see it, to be read in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ..helpdesk.text.plain import to_text
from ..records import Agent, Conversation, EndUser, Message


def transcript(conversation: Conversation, messages: Sequence[Message]) -> str:
    """All of it; bodies as text, each line of them set in."""
    lines = [f"Conversation {conversation.id}: {conversation.title or '(without a title)'}"]
    lines += [f"  {name:12}{value}" for name, value in _facts(conversation)]
    for message in messages:
        private = ", private" if message.visibility == "private" else ""
        lines += ["", f"{_at(message.created_at)}  {_person(message.author)}{private}"]
        lines += [f"    {line}" for line in to_text(message.body or "").splitlines()]
        lines += [f"    [{one.filename}, {one.filetype}] {one.url}" for one in message.attachments]
    return "\n".join(lines)


def _facts(conversation: Conversation) -> Iterator[tuple[str, str]]:
    yield "status", conversation.status
    assignee = conversation.assignee
    yield "in charge", "nobody" if assignee is None else _person(assignee)
    yield "customer", _person(conversation.user)
    for name, value in conversation.user.attributes.items():
        yield "", f"{name}: {value}"
    yield "tags", ", ".join(conversation.tags) or "none"
    for name, value in conversation.attributes.items():
        yield "attribute", f"{name}: {value}"
    yield "made", _at(conversation.created_at)
    yield "changed", _at(conversation.updated_at)


def _person(person: Agent | EndUser) -> str:
    email = f" <{person.email}>" if person.email else ""
    kind = "agent" if isinstance(person, Agent) else "customer"
    return f"{person.name or '?'}{email} ({kind} {person.id})"


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S %Z")
