"""Reading the messages of one part: from their columns where that is enough, else as instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import models

from ..django.datetimes import aware, stored
from ..fields.path import joining
from .columns import Columns, Known, Shown
from .preloaded import Beside, Few, files_of, relations_of

if TYPE_CHECKING:
    from ..parts.messages import Messages


def shown(
    part: Messages, conversation: Any, since: datetime | None, known: Known, *, few: bool
) -> Iterator[Shown]:
    """Oldest first, since a moment if one is given; `few` says that there may well be few."""
    path, wanted = part.path("created_at"), part.matching(conversation)
    if since is not None:
        wanted = {**wanted, f"{path.lookup}__gte": stored(since)}
    elif path.own is None or path.own.null:  # what has no time yet, such as a draft, is not told
        wanted = {**wanted, f"{path.lookup}__isnull": False}
    messages = part.queryset().filter(**wanted)
    columns = Columns.of(part, messages)
    rows = messages.values_list(*columns.selected) if columns else _instances(part, messages)
    rows = rows.order_by(path.lookup, "pk")
    some = Few.of(rows, columns.value if columns else attrgetter) if few else None
    remaining = iter(some.rows if some else rows.iterator(chunk_size=10_000))
    first = list(islice(remaining, 1))
    if first:  # what belongs to them is asked for now that they are read
        beside = Beside.of(part, conversation, some or messages)
        remaining = chain(first, remaining)
        if columns:
            yield from map(columns.reader(conversation, known, beside), remaining)
        else:
            yield from _from_instances(part, remaining, conversation, known, beside)


def _instances(part: Messages, messages: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """With what they need and is not loaded beside them."""
    people, files = {relation.name for relation in relations_of(part)}, files_of(part)
    joins = {join for join in part.joins() if join.partition("__")[0] not in people}
    fields = [field for field in part.fields.values() if field not in files]
    prefetches = [fetch for field in fields for fetch in field.prefetches()]
    return joining(messages, joins).prefetch_related(*prefetches)


def _from_instances(
    part: Messages, messages: Iterable[Any], conversation: Any, known: Known, beside: Beside
) -> Iterator[Shown]:
    conversation_id = part.desk.conversations.id_of(conversation)
    for obj in messages:
        beside.hang(obj)
        part.hang(obj, conversation)
        message = part.record(obj, conversation_id, known)
        yield part.read(obj, "created_at"), message, part, obj


def moment(part: Messages, conversation: Any, key: Any) -> Any:
    """When the message of that key was created; None if it is none of this conversation's."""
    found = part.queryset().filter(**part.matching(conversation), pk=key)
    columns = Columns.of(part, found)
    if columns is None:
        obj = part.of(conversation).filter(pk=key).first()
        return None if obj is None else part.read(obj, "created_at")
    return next(map(aware, found.order_by().values_list(columns.created, flat=True)), None)
