"""The fast path for long conversations: messages read from columns, not from instances.

To make a model's instance costs as much as all the rest of reading a message. It is not made where
nobody can tell the difference: what a host's own code is shown is always an instance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Any, Final, Self

from django.db import Error, models
from django.db.models.signals import post_init, pre_init

from ...records import Attachment, Message, Shown
from ..django.datetimes import selected
from ..django.inheritance import is_plain
from ..fields.author import Author, Authors
from ..fields.bodies import Body
from ..fields.files import Files
from ..fields.inline_pictures import may_be_in
from ..fields.path import Path
from ..fields.pictures import with_files
from ..fields.values import Const, OverPath
from ..parts.messages import Messages, plain_body
from ..parts.part import is_ours
from ..writing.unread import leave_out
from .preloaded import Preloaded, relations_of

Row = tuple[Any, ...]

_Source = tuple[str, Callable[[Any], Any]]
"""The attribute of a column, and the function that makes a word of its value."""

_WORDS: Final = ("body", "visibility", "created_at")
"""The words that are one value each."""

_ASKED: Final = ("id_of", "id_of_key", "is_shown", "is_whole", "read", "record")
"""The methods of a part that decide what Fin is shown of an instance."""


class Columns:
    """Reads messages from tuples of their model's columns."""

    def __init__(
        self, part: Messages, author: Author, sources: dict[str, _Source], using: str
    ) -> None:
        self._part, self._author, self._using = part, author, using
        self._body, self._visibility, (self._created, _) = map(sources.__getitem__, _WORDS)
        meta = part.model_class._meta
        self._key = meta.pk.attname
        wanted = {self._key, *author.columns, self._body[0], self._visibility[0]}
        wanted.update(part.fields["conversation"].paths()[0].stored)
        self._names = [
            column.attname for column in meta.concrete_fields if column.attname in wanted
        ]
        created_at: Any = meta.get_field(self._created)
        self._moment, self._moment_of = selected(created_at, using)

    @classmethod
    def of(cls, part: Messages, messages: models.QuerySet[Any]) -> Self | None:
        """Return None where a host's code may have to be shown an instance."""
        if type(messages) is not models.QuerySet or not _is_made_by_django(part.model_class):
            return None
        author, sources = part.fields.get("author"), _sources(part)
        if sources is None or not isinstance(author, Author) or not _is_read_by_us(part, author):
            return None
        return cls(part, author, sources, messages.db)

    def query(self, messages: models.QuerySet[Any]) -> models.QuerySet[Any, Any]:
        """Return the query for the columns; the moment of a message is the last of them."""
        return messages.values_list(*self._names, self._moment)

    def value(self, *names: str) -> Callable[[Row], Any]:
        """Return the function that reads columns of a row."""
        places = [self._names.index(self._key if name == "pk" else name) for name in names]
        return itemgetter(*places)

    def read(
        self, rows: Iterable[Row], conversation: Any, authors: Authors, preloaded: Preloaded
    ) -> Iterator[Shown]:
        """Yield what Fin is shown of these rows, as `Messages.record` reads instances."""
        part, author, moment_of = self._part, self._author, self._moment_of
        conversation_id = part.desk.conversations.id_of(conversation)
        (body_in, body_of), (visibility_in, visibility_of) = self._body, self._visibility
        values, decisive = self.value("pk", body_in, visibility_in), self.value(*author.columns)
        files_of, text = preloaded.files.get("attachments", _no_files), part.fields.get("body")
        for row in rows:
            key, stored, seen = values(row)
            try:
                attachments = files_of(key)
                if may_be_in(stored) and isinstance(text, Body):
                    stored = text.with_pictures(stored, key, attachments)
                body = body_of(stored)
                if not (body or attachments):
                    continue
                by, created_at = (part, decisive(row)), moment_of(row[-1])
                if by not in authors:
                    authors[by] = author.read(self._instance(row, conversation, preloaded))
                message = Message(  # by place, which is quicker than by name
                    part.id_of_key(key),
                    conversation_id,
                    authors[by],
                    visibility_of(seen) or "private",
                    created_at,
                    part.redact(with_files(body, attachments)) if body else None,
                    attachments,
                )
            except Error:
                raise
            except Exception:  # noqa: BLE001  # it is logged there
                leave_out(type(part).__name__, part.id_of_key(key), conversation_id)
                continue
            yield Shown(created_at, message, True)

    def _instance(self, row: Row, conversation: Any, preloaded: Preloaded) -> Any:
        """Make an instance of one message of each author, since the author's paths begin there."""
        obj = self._part.model_class.from_db(self._using, self._names, row[:-1])
        self._part.attach(obj, conversation)
        return preloaded.attach(obj)


def _no_files(_: Any) -> tuple[Attachment, ...]:
    return ()


def _is_made_by_django(model: Any) -> bool:
    """Return whether an instance holds nothing but what the database does."""
    django: Any = models.Model
    return (
        model.from_db.__func__ is django.from_db.__func__
        and model.__init__ is django.__init__
        and model.__getattribute__ is django.__getattribute__
        and model.__setattr__ is django.__setattr__
        and not (pre_init.has_listeners(model) or post_init.has_listeners(model))
        and is_plain(model, model._meta.pk)  # not one of several columns either
    )


def _is_read_by_us(part: Messages, author: Author) -> bool:
    """Return whether no method of the host's is asked, and nothing loaded for each message."""
    conversation, files = part.fields.get("conversation"), part.fields.get("attachments")
    if any(hasattr(part, f"get_{word}") for word in part.words) or not all(
        is_ours(getattr(part, name)) for name in _ASKED
    ):
        return False
    if type(author) is not Author or author.decisive is None or not isinstance(conversation, Path):
        return False
    loaded = {conversation.own, *relations_of(part)}
    hops = [next(path.hops()) for path in author.paths()]
    return all(hop in loaded or not hop.is_relation for hop in hops) and (
        files is None or (type(files) is Files and files.by_key)
    )


def _sources(part: Messages) -> dict[str, _Source] | None:
    """Return the sources of words that are one value; None if a word is more than a column."""
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
        return _attribute(model, field, plain_body if word == "body" else lambda value: value)
    if isinstance(field, OverPath) and type(field).read in {OverPath.read, Body.read}:
        return _attribute(model, field.path, field.word)
    return None


def _attribute(
    model: type[models.Model], path: Path, word: Callable[[Any], Any]
) -> _Source | None:
    """Return the source of a column of Django's own kinds which no code of the host's changes."""
    column = path.column
    if column is None or column.is_relation:
        return None
    by_django = type(column).__module__.startswith("django.db.models.")
    return (column.attname, word) if by_django and is_plain(model, column) else None
