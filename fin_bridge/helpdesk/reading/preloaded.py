"""What the messages of one conversation lead to: loaded once for all of them.

A join would read a person anew with each message, and a prefetch would name all messages in its
query: either costs more than the messages themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.db import models

from ..fields.files import Files
from ..fields.path import joining
from ..parts.messages import Messages

Relation = models.ForeignKey[Any, Any]

Column = Callable[[str], Any]
"""A function that returns the values of one of the messages' columns: a list or a subquery."""


class Preloaded:
    """The people and the files that the messages of one conversation lead to.

    It takes two statements at most, however many messages there are. They come after the statement
    for the messages: else a message written at that moment would be shown without its file.
    """

    def __init__(self, part: Messages, conversation: Any, using: str, column: Column) -> None:
        self._people = {
            relation: _People(
                conversation, relation, partial(_load, relation, joins, using, column)
            )
            for relation, joins in relations_of(part).items()
        }
        self._files = {file: file.grouped(column("pk"), using) for file in files_of(part)}
        self.files = {field.name: of_key for field, of_key in self._files.items()}
        """For each word, the function that returns the files of a message, given its key."""

    def attach(self, message: Any) -> Any:
        """Give a message the people and the files that it leads to, and return it."""
        for relation, people in self._people.items():
            key = getattr(message, relation.attname)
            person = None if key is None else people[key]
            if person is not None:
                relation.set_cached_value(message, person)
        for field, of_key in self._files.items():
            message.__dict__[field.ready] = of_key(message.pk)
        return message


class _People(dict[Any, Any]):
    """People by key: those who are at hand with the conversation, and all others if need be."""

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
    """Return the people who are loaded with the conversation, such as its assignee."""
    attname = relation.target_field.attname
    fields = [field for field in conversation._meta.concrete_fields if field.is_relation]
    found = [field.get_cached_value(conversation, None) for field in fields]
    model: Any = relation.related_model
    return {getattr(person, attname): person for person in found if type(person) is model}


def _load(relation: Relation, joins: Iterable[str], using: str, column: Column) -> dict[Any, Any]:
    target = relation.target_field
    model: Any = relation.related_model
    wanted = {f"{target.name}__in": column(relation.attname)}
    rows = joining(model._base_manager.using(using).filter(**wanted), joins)
    return {getattr(person, target.attname): person for person in rows}


def relations_of(part: Messages) -> dict[Relation, set[str]]:
    """Return the relations to the authors, each with what is joined to them."""
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
    """Return the descriptors of files whose rows hold the key of their message."""
    return [field for field in part.fields.values() if isinstance(field, Files) and field.by_key]
