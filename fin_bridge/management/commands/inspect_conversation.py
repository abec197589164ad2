"""Prints what Fin would see of a conversation, for whoever writes the description."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.db import connections

from ...api.wire.response_bodies import PostsOnly
from ...conf import conf
from ...exceptions import NotFoundError
from ...helpdesk import Helpdesk, Opening, Part, current
from ...helpdesk.reading.timeline import Timeline
from ...helpdesk.scope import fins
from ...models import database
from ...records import Conversation, Message
from ..tables import TablesCommand
from ..transcript import transcript


class Command(TablesCommand):
    """What Fin sees goes to stdout, to be piped; what there is to say of it to stderr."""

    help = (
        "Prints a conversation and its messages as Fin would be shown them, and says what the "
        "description leaves out. Fin notices nothing of it."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which."""
        parser.add_argument("id", help="the conversation's id, as Fin knows it")
        parser.add_argument(
            "--json", action="store_true", help="just as Fin gets it, in the POST-only dialect"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where there is no such conversation."""
        desk = current()
        with _counting() as count:
            try:
                obj = desk.conversations.get(options["id"])
            except NotFoundError as error:
                raise CommandError(str(error)) from error
            conversation = desk.conversations.record(obj)
            messages = [shown.message for shown in Timeline(desk, obj)]
        shown = [one for one in messages if conf.show_private_notes or one.visibility == "public"]
        tell = _json if options["json"] else transcript
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
    """The statements of all databases; each is passed on as it is."""
    statements: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connections[database()].execute_wrapper(note):
        yield lambda: len(statements)


def _remarks(desk: Helpdesk, obj: Any, conversation_id: str, hidden: int) -> Iterator[str]:
    owner = fins(desk, {conversation_id: obj}).get(conversation_id)
    if owner is None:
        yield "It is not Fin's: Fin would be told nothing of it, and shown a 404."
    else:
        yield f"It is Fin's, by the integration {owner}."
    if hidden:
        yield f"Private notes kept from Fin by FIN_BRIDGE_SHOW_PRIVATE_NOTES: {hidden}."
    for part in desk.parts:
        if unmapped := [word for word in part.words if not _is_mapped(part, word)]:
            yield f"{type(part).__name__} has no field for: {', '.join(unmapped)}."


def _is_mapped(part: Part, word: str) -> bool:
    """An opening text's conversation is its own row."""
    is_row = word == "conversation" and isinstance(part, Opening)
    return is_row or word in part.fields or hasattr(part, f"get_{word}")
