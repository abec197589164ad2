"""Writing to the helpdesk's tables: only what changed, validated, and refused in one form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, transaction
from rest_framework.exceptions import APIException

from ...exceptions import NotWritableError, RefusedError
from ...models import database
from ..owner import Context, Owner
from . import kept_values, own_writes


@contextmanager
def refusals() -> Iterator[None]:
    """Turn any error by which the helpdesk refuses a value into a `RefusedError`."""
    try:
        yield
    except ValidationError as error:
        raise RefusedError("; ".join(error.messages)) from error
    except (APIException, PermissionDenied) as error:
        raise RefusedError(str(error) or "The helpdesk does not permit it.") from error
    except (IntegrityError, DataError) as error:
        raise RefusedError("The helpdesk cannot store one of these values.") from error


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
    with refusals():
        for word in sorted(values, key=late.__contains__):
            if word in late and obj._state.adding:
                stands, changed = part.save(obj, changed, context), set()
            written, left = write(part, obj, word, values[word], context)
            changed |= written
            if left is not None and word in kept_values.WORDS:
                homeless[word] = left
        if changed or obj._state.adding:
            stands &= part.save(obj, changed, context)
        if homeless:
            kept_values.keep(part.kind, part.id_of(obj), homeless)
    return stands


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
