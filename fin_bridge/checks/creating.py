"""What keeps Fin from writing: columns that nothing fills, and words that have no place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.db import models
from django.db.models import signals

from ..helpdesk import Const, Conversations, EndUsers, Latest, Messages, Opening, Part, Path
from ..helpdesk.django.generic_keys import is_key
from ..helpdesk.parts.part import is_ours

_NEW: Final[Mapping[type[Part], tuple[str, ...]]] = {
    EndUsers: ("name", "email", "photo_url", "attributes"),
    Conversations: ("user", "status", "title", "assignee", "tags", "attributes"),
    Messages: ("conversation", "author", "body", "visibility", "attachments"),
}
"""The words that are written into a new row."""


def unwritable(part: Conversations) -> Iterator[str]:
    """Yield why Fin could not end a conversation, or not give one to people."""
    name = type(part).__name__
    status, assignee = part.fields.get("status"), _assignee(part)
    if isinstance(status, Const) and not hasattr(part, "set_status"):
        yield (
            f"{name}.status is always {status.value!r}, so Fin could end no conversation: use "
            "fin.Choice with a column, or write get_status() and set_status()."
        )
    is_ours = type(part).handover is Conversations.handover and not hasattr(part, "set_assignee")
    if is_ours and assignee is not None and not assignee.null:
        yield (
            f"{name}.assignee: {assignee} takes no null, so Fin could give no conversation to "
            "people: write handover(self, obj, context), which chooses who gets it."
        )


def _assignee(part: Conversations) -> models.Field[Any, Any] | None:
    """Return the column that null is written into when Fin hands a conversation over."""
    field = part.fields.get("assignee")
    if isinstance(field, Path):
        return field.column
    column = field.target if isinstance(field, Latest) and field.relation else None
    return column if isinstance(column, models.Field) and not is_key(column) else None


def unfilled(part: Part) -> Iterator[str]:
    """Yield each column that a new row must have and that no word and no method may fill."""
    words = _words(part)
    if not words or _is_filled_elsewhere(part):
        return
    filled = set(_filled(part, words))
    for column in part.model_class._meta.concrete_fields:
        if column.attname not in filled and _is_required(column):
            yield (
                f"{type(part).__name__}: a new row needs a value for {column}, and none of the "
                f"words {', '.join(words)} stands there: write new(self, context), which sets it."
            )


def _words(part: Part) -> tuple[str, ...]:
    if isinstance(part, Opening):
        return ()
    return next((words for kind, words in _NEW.items() if isinstance(part, kind)), ())


def _is_filled_elsewhere(part: Part) -> bool:
    """Return whether code of the host's may fill any column of a new row."""
    methods = [part.new, part.save, getattr(part, "create", part.new)]
    has_setters = any(hasattr(part, f"set_{word}") for word in part.words)
    model = part.model_class
    saves = model.save is not models.Model.save or signals.pre_save.has_listeners(model)
    return has_setters or saves or not all(is_ours(method) for method in methods)


def _filled(part: Part, words: Iterable[str]) -> Iterator[str]:
    """Yield the columns that words are written into, the opening text's among them."""
    fields = [part.fields.get(word) for word in words]
    opening = part.desk.opening
    if isinstance(part, Conversations) and isinstance(opening, Opening):
        fields.append(opening.fields.get("body"))
    for field in filter(None, fields):
        for path in field.paths():
            yield from path.columns


def _is_required(column: Any) -> bool:
    """Return whether a row without a value for a column could not be stored, or only once."""
    is_automatic = (
        isinstance(column, models.AutoField)
        or getattr(column, "auto_now", False)
        or getattr(column, "auto_now_add", False)
        or getattr(column, "generated", False)
        or (column.remote_field is not None and column.remote_field.parent_link)
    )
    has_default = column.has_default() or column.db_default is not models.NOT_PROVIDED
    may_be_empty = column.null or (column.empty_strings_allowed and not column.unique)
    return not (is_automatic or has_default or may_be_empty)
