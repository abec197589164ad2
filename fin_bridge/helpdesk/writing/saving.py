"""Writing to the helpdesk's tables: only what changed, validated, and refused in one form."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, models, transaction
from rest_framework.exceptions import APIException

from ...exceptions import NotWritableError, RefusedError
from ...models import FinReference, database
from ..owner import Context, Owner
from . import kept_values, own_writes

_OPENING_A_CHAT: Final = {FinReference.Kind.CONVERSATION, FinReference.Kind.END_USER}
"""A refusal to make one of these would end a chat before it begins."""

_ADDRESSES: Final = (models.EmailField, models.URLField)


@contextmanager
def refusals(fields: Collection[str] = ()) -> Iterator[None]:
    """Turn any error by which the helpdesk refuses a value into a `RefusedError`.

    It names the fields at fault; where only the database could tell, it names all of `fields`.
    """
    try:
        yield
    except ValidationError as error:
        raise RefusedError(_said(error)) from error
    except (APIException, PermissionDenied) as error:
        raise RefusedError(str(error) or "The helpdesk does not permit it.") from error
    except (IntegrityError, DataError) as error:
        named = f": {', '.join(sorted(fields))}" if fields else ""
        raise RefusedError(f"The helpdesk cannot store one of these values{named}.") from error


def _said(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return "; ".join(error.messages)
    said = error.message_dict.items()
    return "; ".join(f"{field}: {' '.join(messages)}" for field, messages in said)


def savepoint() -> transaction.Atomic:
    """Return a savepoint: what the database refuses must not spoil the transaction around it."""
    return transaction.atomic(using=database())


@contextmanager
def service() -> Iterator[Callable[..., None]]:
    """Surround a service of the helpdesk's own that writes what Fin said: all of it, or nothing.

    It yields a function that is to be called with each object that holds Fin's own words. They
    are no news to Fin, whereas all else that is saved inside is, such as an automatic answer.
    """
    with savepoint(), own_writes.serving() as wrote:
        yield wrote


def put(part: Owner, obj: Any, values: Mapping[str, Any], context: Context) -> bool:
    """Write words into an object, and keep in our own table what it has no place for.

    Returns whether the object now stands in the database as it was written.
    """
    late = {word for word in values if word in part.fields and part.fields[word].after_save}
    changed: set[str] = set()
    homeless: dict[str, Any] = {}
    stands = True
    with refusals(changed):
        for word in sorted(values, key=late.__contains__):
            if word in late and obj._state.adding:
                stands = _saved(part, obj, changed, context)
                changed.clear()
            written, left = write(part, obj, word, values[word], context)
            changed |= written
            if left is not None and word in kept_values.WORDS:
                homeless[word] = left
        if changed or obj._state.adding:
            stands &= _saved(part, obj, changed, context)
        if homeless:
            kept_values.keep(part.kind, part.id_of(obj), homeless)
    return stands


def _saved(part: Owner, obj: Any, changed: set[str], context: Context) -> bool:
    """Save an object by its part; a host's `save` that returns nothing has stored it as it is."""
    if obj._state.adding and part.kind in _OPENING_A_CHAT:
        _cut(obj)
    return part.save(obj, set(changed), context) is not False


def _cut(obj: Any) -> None:
    """Cut texts to the length of their column, but no address: a shorter one leads elsewhere."""
    for column in obj._meta.concrete_fields:
        text = getattr(obj, column.attname)
        is_text = isinstance(column, models.CharField) and not isinstance(column, _ADDRESSES)
        if is_text and isinstance(text, str) and column.max_length is not None:
            setattr(obj, column.attname, text[: column.max_length])


def write(
    part: Owner, obj: Any, word: str, value: Any, context: Context
) -> tuple[set[str], Any | None]:
    """Write one word: return the names of changed fields, and what of the value had no place."""
    setter = getattr(part, f"set_{word}", None)
    if setter is not None:
        return set(setter(obj, value, context) or ()), None
    field = part.fields.get(word)
    if field is not None:
        with suppress(NotWritableError):
            return field.write(obj, value, context), field.leftover(value)
    if word == "visibility" and part.read(obj, word) != value:
        # What has no place may be kept by us; a private note must never turn out public.
        raise RefusedError(f"There is no place for a {value} message here.")
    return set(), value


def save(obj: Any, changed: set[str]) -> bool:
    """Validate the changed fields, save them with the automatic ones, and return if they stand."""
    fields = obj._meta.concrete_fields
    given = {
        field.name
        for field in fields
        if field.name in changed and not field.is_relation and field.value_from_object(obj)
    }
    obj.clean_fields(exclude={field.name for field in fields} - given)
    options: dict[str, Any] = {}
    if not obj._state.adding:
        automatic = {field.name for field in fields if getattr(field, "auto_now", False)}
        options["update_fields"] = sorted(changed | automatic)
    with savepoint():
        return own_writes.save(obj, changed, **options)
