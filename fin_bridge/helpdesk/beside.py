"""What the messages of one conversation lead to: loaded once for all, and hung on each of them.

A join would read a person anew with each message, and a prefetch would name all messages in its
query: either costs more than the messages themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db import models

from ..records import Attachment
from .files import Files
from .paths import joining


@dataclass(frozen=True, slots=True)
class Beside:
    """Two statements for as many messages as there are, and to be made after theirs.

    Else a message that is written meanwhile, and its file, would be shown without the file.
    """

    people: Mapping[models.ForeignKey[Any, Any], Mapping[Any, Any]]
    files: Mapping[str, Mapping[Any, list[Attachment]]]

    @classmethod
    def of(
        cls,
        messages: models.QuerySet[Any],
        relations: Mapping[models.ForeignKey[Any, Any], Iterable[str]],
        files: Iterable[Files],
    ) -> Self:
        """By relation to a person, each with what is joined to the person; and the files."""
        return cls(
            {relation: _people(messages, relation, relations[relation]) for relation in relations},
            {field.ready: field.grouped(messages) for field in files},
        )

    def hang(self, message: Any) -> None:
        """On one of them."""
        for relation, people in self.people.items():
            person = people.get(getattr(message, relation.attname))
            if person is not None:
                relation.set_cached_value(message, person)
        for name, attachments in self.files.items():
            message.__dict__[name] = attachments.get(message.pk, [])


def _people(
    messages: models.QuerySet[Any], relation: models.ForeignKey[Any, Any], joins: Iterable[str]
) -> dict[Any, Any]:
    target = relation.target_field
    model: Any = relation.related_model
    wanted = {f"{target.name}__in": messages.values(relation.attname)}
    rows = joining(model._base_manager.using(messages.db).filter(**wanted), joins)
    return {getattr(person, target.attname): person for person in rows}
