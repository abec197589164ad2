"""Messages read from their columns: a model's instances cost as much as all the rest of a pull.

Only where nobody can tell the difference: what a host's own code is shown is always an instance.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import models
from django.db.models.signals import post_init, pre_init

from ...records import Agent, Attachment, EndUser, Message
from ..django.datetimes import selected
from ..fields.author import Author
from ..fields.files import Files
from ..fields.path import Path, is_plain
from ..fields.values import Const, OverPath
from ..parts.part import is_ours
from .preloaded import Beside, relations_of

if TYPE_CHECKING:
    from ..parts.messages import Messages

Row = tuple[Any, ...]
Shown = tuple[Any, Message | None, "Messages", Any]
"""When a message was created, how Fin is shown it (None if it is not), its part, and its instance;
none where it was read from its columns."""

Known = dict[Hashable, Agent | EndUser]
"""Who the authors of one conversation's messages are, by what decides it."""

_Source = tuple[str, Callable[[Any], Any]]
"""A column's attribute, and what makes a word of its value."""

_WORDS: Final = ("body", "visibility", "created_at")
"""Those that are one value each."""

_SHOWN: Final = ("id_of", "is_shown", "is_whole", "read", "record", "spelled")
"""The methods of a part that are shown an instance, or that stand for what one is shown by."""


class Columns:
    """Where the words of a part stand in tuples of its model's columns."""

    def __init__(
        self, part: Messages, author: Author, sources: dict[str, _Source], using: str
    ) -> None:
        self._part, self._author, self._using = part, author, using
        self._body, self._visibility, created = map(sources.__getitem__, _WORDS)
        meta = part.model_class._meta
        self._key = meta.pk.attname
        wanted = {self._key, *author.stored, self._body[0], self._visibility[0]}
        wanted.update(part.fields["conversation"].paths()[0].stored)
        self._names = [one.attname for one in meta.concrete_fields if one.attname in wanted]
        self.created = created[0]
        created_at: Any = meta.get_field(self.created)
        moment, self._moment = selected(created_at, using)
        self.selected = (*self._names, moment)
        """What a query for the rows is to name."""

    @classmethod
    def of(cls, part: Messages, messages: models.QuerySet[Any]) -> Self | None:
        """None where a host's code may have to be shown an instance."""
        if type(messages) is not models.QuerySet or not _is_made_by_django(part.model_class):
            return None
        author, sources = part.fields.get("author"), _sources(part)
        if sources is None or not isinstance(author, Author) or not _is_read_by_us(part, author):
            return None
        return cls(part, author, sources, messages.db)

    def value(self, *names: str) -> Callable[[Row], Any]:
        """How columns are read."""
        places = [self._names.index(self._key if name == "pk" else name) for name in names]
        return itemgetter(*places)

    def reader(self, conversation: Any, known: Known, beside: Beside) -> Callable[[Row], Shown]:
        """Reads a message as `Messages.record` reads an instance, with when it was created."""
        part, author = self._part, self._author
        conversation_id = part.desk.conversations.id_of(conversation)
        (body_in, body_of), (visibility_in, visibility_of) = self._body, self._visibility
        values, decisive = self.value("pk", body_in, visibility_in), self.value(*author.stored)
        files_of, moment_of = beside.files.get("attachments", _no_files), self._moment
        redact, named = part.redact, part.named

        def read(row: Row) -> Shown:
            key, stored, seen = values(row)
            body, moment = body_of(stored), moment_of(row[-1])
            attachments = files_of(key)
            if not (body or attachments):
                return moment, None, part, None
            who = part, decisive(row)
            if who not in known:
                known[who] = author.read(self._instance(row, conversation, beside))
            message = Message(  # by place, which is quicker than by name
                named(key),
                conversation_id,
                known[who],
                visibility_of(seen) or "private",
                moment,
                redact(body) if body else None,
                attachments,
            )
            return moment, message, part, None

        return read

    def _instance(self, row: Row, conversation: Any, beside: Beside) -> Any:
        """Of one message of each author, for the author's paths begin at it."""
        obj = self._part.model_class.from_db(self._using, self._names, row[:-1])
        self._part.hang(obj, conversation)
        beside.hang(obj)
        return obj


def _no_files(_: Any) -> tuple[Attachment, ...]:
    return ()


def _is_made_by_django(model: Any) -> bool:
    """Whether an instance holds nothing but what the database does."""
    ours: Any = models.Model
    return (
        model.from_db.__func__ is ours.from_db.__func__
        and model.__init__ is ours.__init__
        and model.__getattribute__ is ours.__getattribute__
        and model.__setattr__ is ours.__setattr__
        and not (pre_init.has_listeners(model) or post_init.has_listeners(model))
        and is_plain(model, model._meta.pk)  # not one of several columns either
    )


def _is_read_by_us(part: Messages, author: Author) -> bool:
    """Whether no method of the host's is asked, and nothing loaded for each message."""
    conversation, files = part.fields.get("conversation"), part.fields.get("attachments")
    if any(hasattr(part, f"get_{word}") for word in part.words) or not all(
        is_ours(getattr(part, name)) for name in _SHOWN
    ):
        return False
    if type(author) is not Author or author.decisive is None or not isinstance(conversation, Path):
        return False
    near = {conversation.own, *relations_of(part)}
    hops = [next(path.hops()) for path in author.paths()]
    return all(hop in near or not hop.is_relation for hop in hops) and (
        files is None or (type(files) is Files and files.by_key)
    )


def _sources(part: Messages) -> dict[str, _Source] | None:
    """Of each word that is one value; None if one is more than a plain column."""
    found = {}
    for word in _WORDS:
        source = _source(part, word)
        if source is None:
            return None
        found[word] = source
    return found


def _source(part: Messages, word: str) -> _Source | None:
    field, model = part.fields.get(word), part.model_class
    if field is None or type(field) is Const:
        value = None if field is None else field.read(None)
        return model._meta.pk.attname, lambda _: value
    if type(field) is Path:
        return _attribute(model, field, lambda value: value)
    if isinstance(field, OverPath) and type(field).read is OverPath.read:
        return _attribute(model, field.path, field.word)
    return None


def _attribute(
    model: type[models.Model], path: Path, word: Callable[[Any], Any]
) -> _Source | None:
    """A column of Django's own kinds, on which nothing stands between it and who reads it."""
    column = path.column
    if column is None or column.is_relation:
        return None
    by_django = type(column).__module__.startswith("django.db.models.")
    return (column.attname, word) if by_django and is_plain(model, column) else None
