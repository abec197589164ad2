"""The moments at which people answered customers, in many conversations at once."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from ...records import UNKNOWN_AUTHOR, Agent, Message
from ..django import datetimes
from ..parts.helpdesk import Helpdesk
from ..parts.messages import Messages

CHUNK: Final = 200


def public_answers(
    desk: Helpdesk, conversations: Mapping[str, Any], since: datetime, machines: Container[str]
) -> dict[str, list[datetime]]:
    """Return when people wrote publicly since a moment, by conversation.

    `conversations` maps ids to objects; `machines` has the ids of agents who are no people. It
    takes a constant number of statements for each table of messages.
    """
    found: dict[str, list[datetime]] = {}
    for part in desk.messages:
        if part is not desk.opening:
            for row, message in _messages(part, conversations, since):
                if _is_by_a_person(part, row, message, machines):
                    found.setdefault(message.conversation_id, []).append(message.created_at)
    return found


def _messages(
    part: Messages, conversations: Mapping[str, Any], since: datetime
) -> Iterator[tuple[Any, Message]]:
    within = part.path("conversation").among(list(conversations.values()))
    written = {f"{part.path('created_at').lookup}__gte": datetimes.stored(since)}
    for row in part.loading().filter(**within, **written).iterator(CHUNK):
        message = part.record(row, part.conversation_id(row) or "")
        if message is not None and message.visibility == "public":
            yield row, message


def _is_by_a_person(part: Messages, row: Any, message: Message, machines: Container[str]) -> bool:
    if message.author == UNKNOWN_AUTHOR:
        return part.is_answer(row)
    return isinstance(message.author, Agent) and message.author.id not in machines
