"""Reading the messages of one part, oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from django.db import models

from ...records import Shown
from ..fields.author import Authors
from ..fields.path import joining
from ..parts.messages import Messages
from ..parts.opening import Opening
from .columns import Columns
from .preloaded import Preloaded, files_of, relations_of

FEW: Final = 200
"""The number of messages that are read at once, and named one by one in further queries."""

CHUNK: Final = 10_000


def messages_of(
    part: Messages, conversation: Any, authors: Authors, *, few: bool
) -> Iterator[Shown]:
    """Yield the messages of one conversation.

    `few` says that there may well be no more than `FEW`.
    """
    if isinstance(part, Opening):
        return _shown(part, part.rows(conversation), conversation, authors)
    return _from_table(part, conversation, authors, few=few)


def _from_table(
    part: Messages, conversation: Any, authors: Authors, *, few: bool
) -> Iterator[Shown]:
    messages = part.queryset().filter(**_condition(part, conversation))
    reader = _reader(part, messages)
    query = reader.query(messages).order_by(part.path("created_at").lookup, "pk")
    at_once = list(query[: FEW + 1]) if few else []
    is_complete = few and len(at_once) <= FEW
    rows = iter(at_once if is_complete else query.iterator(chunk_size=CHUNK))
    first = next(rows, None)
    if first is None:
        return

    def column(name: str) -> Any:
        value = reader.value(name)
        return [*{*map(value, at_once)} - {None}] if is_complete else messages.values(name)

    preloaded = Preloaded(part, conversation, messages.db, column)
    yield from reader.read(chain([first], rows), conversation, authors, preloaded)


def _reader(part: Messages, messages: models.QuerySet[Any]) -> Columns | Instances:
    return Columns.of(part, messages) or Instances(part)


def _condition(part: Messages, conversation: Any) -> dict[str, Any]:
    path, condition = part.path("created_at"), part.matching(conversation)
    if path.own is None or path.own.null:  # what has no time yet, such as a draft, is not told
        return {**condition, f"{path.lookup}__isnull": False}
    return condition


class Instances:
    """Reads messages from instances of their model, which any description allows."""

    def __init__(self, part: Messages) -> None:
        self._part = part

    value = staticmethod(attrgetter)

    def query(self, messages: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the messages with what they need and is not loaded for all of them at once."""
        part = self._part
        people, files = {relation.name for relation in relations_of(part)}, files_of(part)
        joins = {join for join in part.joins() if join.partition("__")[0] not in people}
        fields = [field for field in part.fields.values() if field not in files]
        prefetches = [fetch for field in fields for fetch in field.prefetches()]
        return joining(messages, joins).prefetch_related(*prefetches)

    def read(
        self, rows: Iterable[Any], conversation: Any, authors: Authors, preloaded: Preloaded
    ) -> Iterator[Shown]:
        """Yield what Fin is shown of these instances."""
        return _shown(self._part, map(preloaded.attach, rows), conversation, authors)


def _shown(
    part: Messages, rows: Iterable[Any], conversation: Any, authors: Authors
) -> Iterator[Shown]:
    conversation_id = part.desk.conversations.id_of(conversation)
    for row in rows:
        part.attach(row, conversation)
        message = part.record(row, conversation_id, authors)
        if message is not None:
            yield Shown(message.created_at, message, part.is_whole(row))


def row_of(part: Messages, conversation: Any, key: Any) -> Any | None:
    """Return the conversation's message with a primary key, or None."""
    if isinstance(part, Opening):
        return next(iter(part.rows(conversation)), None) if key == conversation.pk else None
    return part.in_conversation(conversation).filter(pk=key).first()
