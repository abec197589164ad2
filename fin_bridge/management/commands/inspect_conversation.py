"""`manage.py inspect_conversation`: prints what Fin would see of a conversation."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError
from django.db import connections

from ...api.wire.response_bodies import PostsOnly
from ...conf import conf
from ...exceptions import NotFoundError
from ...helpdesk import Helpdesk, Opening, Part, current
from ...helpdesk.reading.timeline import Timeline
from ...helpdesk.scope import fins
from ...helpdesk.text.plain import to_text
from ...models import database
from ...records import Agent, Conversation, EndUser, Message
from ..base import TablesCommand


class Command(TablesCommand):
    """Prints what Fin sees to stdout, to be piped, and remarks on it to stderr."""

    help = (
        "Prints a conversation and its messages as Fin would be shown them, and says what the "
        "description leaves out. Fin is told nothing."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("id", help="the conversation's id, as Fin knows it")
        parser.add_argument(
            "--json", action="store_true", help="write it as Fin gets it, in the POST-only dialect"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        desk = current()
        with _counting() as count:
            try:
                obj = desk.conversations.get(options["id"])
            except NotFoundError as error:
                raise CommandError(str(error)) from error
            conversation = desk.conversations.record(obj)
            messages = [shown.message for shown in Timeline(desk, obj)]
        public = [message for message in messages if message.visibility == "public"]
        shown = messages if conf.show_private_notes else public
        tell = _json if options["json"] else _transcript
        self.stdout.write(tell(conversation, shown))
        for line in _remarks(desk, obj, options["id"], len(messages) - len(shown)):
            self.stderr.write(line, self.style.NOTICE)
        self.stderr.write(f"Read with {count()} queries.", self.style.NOTICE)


def _json(conversation: Conversation, messages: Sequence[Message]) -> str:
    dialect = PostsOnly()
    seen = {
        "conversation": json.loads(dialect.write(conversation)),
        "messages": [json.loads(dialect.write(message)) for message in messages],
    }
    return json.dumps(seen, indent=2, ensure_ascii=False)


@contextmanager
def _counting() -> Iterator[Callable[[], int]]:
    """Count the statements on our database without changing them."""
    statements: list[str] = []

    def note(execute: Any, sql: str, *arguments: Any) -> Any:
        statements.append(sql)
        return execute(sql, *arguments)

    with connections[database()].execute_wrapper(note):
        yield lambda: len(statements)


def _remarks(desk: Helpdesk, obj: Any, conversation_id: str, hidden: int) -> Iterator[str]:
    owner = fins(desk, {conversation_id: obj}).get(conversation_id)
    if owner is None:
        yield "It is not Fin's: Fin is told nothing of it, and gets a 404 if it asks."
    else:
        yield f"It is Fin's, by the integration {owner}."
    if hidden:
        yield f"Private notes kept from Fin by FIN_BRIDGE_SHOW_PRIVATE_NOTES: {hidden}."
    for part in desk.parts:
        if unmapped := [word for word in part.words if not _is_mapped(part, word)]:
            yield f"{type(part).__name__} has no field for: {', '.join(unmapped)}."


def _is_mapped(part: Part, word: str) -> bool:
    """Tell whether the part has this word; the conversation of an opening text is its own row."""
    is_row = word == "conversation" and isinstance(part, Opening)
    return is_row or word in part.fields or hasattr(part, f"get_{word}")


def _transcript(conversation: Conversation, messages: Sequence[Message]) -> str:
    """Write the conversation as text, with each line of a body indented."""
    lines = [f"Conversation {conversation.id}: {conversation.title or '(without a title)'}"]
    lines += [f"  {name:12}{value}" for name, value in _facts(conversation)]
    for message in messages:
        private = ", private" if message.visibility == "private" else ""
        lines += ["", f"{_at(message.created_at)}  {_person(message.author)}{private}"]
        lines += [f"    {line}" for line in to_text(message.body or "").splitlines()]
        lines += [
            f"    [{file.filename}, {file.filetype}] {file.url}" for file in message.attachments
        ]
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
