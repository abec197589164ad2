"""What the messages of one conversation lead to: loaded once for all, and hung on each of them.

A join would read a person anew with each message, and a prefetch would name all messages in its
query: either costs more than the messages themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import models

from ..fields.files import Files, Of
from ..fields.path import joining

if TYPE_CHECKING:
    from ..parts.messages import Messages

Relation = models.ForeignKey[Any, Any]
_Value = Callable[[str], Callable[[Any], Any]]

MOST: Final = 200
"""Messages that are few: named one by one in a query, and read at once."""


class Beside:
    """Two statements at most for as many messages as there are, and to be made after theirs.

    Else a message that is written meanwhile, and its file, would be shown without the file.
    """

    def __init__(
        self,
        people: Mapping[Relation, Mapping[Any, Any]],
        files: Mapping[Files, Of],
    ) -> None:
        self._people, self._files = people, files
        self.files = {field.name: of for field, of in files.items()}
        """By word."""

    @classmethod
    def of(cls, part: Messages, conversation: Any, messages: models.QuerySet[Any] | Few) -> Self:
        """People by each relation to an author, with what is joined to them; and the files."""
        people = {
            relation: _People(conversation, relation, partial(_loaded, messages, relation, joins))
            for relation, joins in relations_of(part).items()
        }
        using, keys = messages.db, messages.values("pk")
        return cls(people, {field: field.grouped(keys, using) for field in files_of(part)})

    def hang(self, message: Any) -> None:
        """On one of them."""
        for relation, people in self._people.items():
            key = getattr(message, relation.attname)
            person = None if key is None else people[key]
            if person is not None:
                relation.set_cached_value(message, person)
        for field, of in self._files.items():
            message.__dict__[field.ready] = of(message.pk)


class Few:
    """Messages that are read already: what hangs on them is asked for by their keys."""

    def __init__(self, db: str, rows: Sequence[Any], value: _Value) -> None:
        self.db, self.rows, self._value = db, rows, value

    @classmethod
    def of(cls, messages: models.QuerySet[Any], value: _Value) -> Self | None:
        """None if they are more than that; `value` says how a column is read of one."""
        rows = list(messages[: MOST + 1])
        return cls(messages.db, rows, value) if len(rows) <= MOST else None

    def values(self, name: str) -> list[Any]:
        """What stands in one of their columns, but for null."""
        return [*{*map(self._value(name), self.rows)} - {None}]


class _People(dict[Any, Any]):
    """By key. Most have written who are at hand with the conversation; else all are loaded."""

    def __init__(
        self, conversation: Any, relation: Relation, load: Callable[[], Mapping[Any, Any]]
    ) -> None:
        super().__init__(_at_hand(conversation, relation))
        self._load = load

    def __missing__(self, key: Any) -> Any:
        people = {**self._load(), **self}
        self._load = dict
        self.update(people)
        return self.setdefault(key, None)  # of a row that is gone


def _at_hand(conversation: Any, relation: Relation) -> dict[Any, Any]:
    """Who has been loaded with the conversation, such as its assignee."""
    attname = relation.target_field.attname
    fields = [field for field in conversation._meta.concrete_fields if field.is_relation]
    found = [field.get_cached_value(conversation, None) for field in fields]
    model: Any = relation.related_model
    return {getattr(person, attname): person for person in found if type(person) is model}


def _loaded(
    messages: models.QuerySet[Any] | Few, relation: Relation, joins: Iterable[str]
) -> dict[Any, Any]:
    target = relation.target_field
    model: Any = relation.related_model
    wanted = {f"{target.name}__in": messages.values(relation.attname)}
    rows = joining(model._base_manager.using(messages.db).filter(**wanted), joins)
    return {getattr(person, target.attname): person for person in rows}


def relations_of(part: Messages) -> dict[Relation, set[str]]:
    """Those to the authors, each with what is joined to them."""
    author = part.fields.get("author")
    first = {path.names[0] for path in author.paths()} if author else set()
    relations: dict[Relation, set[str]] = {}
    for join in part.joins():
        name, _, beyond = join.partition("__")
        relation: Any = part.model_class._meta.get_field(name)
        if name in first and relation.many_to_one:
            relations.setdefault(relation, set()).update({beyond} - {""})
    return relations


def files_of(part: Messages) -> list[Files]:
    """Those that hang on its messages by their keys."""
    return [field for field in part.fields.values() if isinstance(field, Files) and field.by_key]
