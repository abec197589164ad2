"""What can be mended in a create instead of refusing it: a refused opening ends a chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any, Final, TypeVar

from django.db import IntegrityError, transaction

from ...exceptions import RefusedError
from ...models import database
from ...records import NewConversation, NewEndUser
from ..wire.fields import UNSTORABLE
from ..wire.parsers import MAX_MEMBERS, MAX_TEXT

_IDS: Final = {"id", "user_id", "object_id", "conversation_id"}
"""Mended, these would name something else."""

_DISPENSABLE: Final[dict[type, dict[str, Any]]] = {
    NewEndUser: {"email": None, "photo_url": None, "attributes": {}},
    NewConversation: {"attributes": {}, "title": None},
}
"""What is left out, one after the other, of something that the helpdesk does not take."""

New = TypeVar("New", NewEndUser, NewConversation)


def mended(value: Any) -> Any:
    """The same without the characters that no database holds, cut to size, but for the ids."""
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)[:MAX_TEXT]
    if isinstance(value, list):
        return [mended(inner) for inner in value[:MAX_MEMBERS]]
    if isinstance(value, dict):
        return {
            mended(key): inner if key in _IDS else mended(inner)
            for key, inner in islice(value.items(), MAX_MEMBERS)
        }
    return value


def create_leniently(new: New, create: Callable[[New], Any]) -> tuple[Any, dict[str, Any]]:
    """The object, and the values that had to be left out for the helpdesk to take it.

    Raises what `create` raised for all of it, where even the rest is not taken.
    """
    try:
        with transaction.atomic(using=database()):
            return create(new), {}
    except (RefusedError, IntegrityError):
        less, refused = new, {}
        for word, nothing in _DISPENSABLE[type(new)].items():
            if getattr(less, word):
                refused[word] = getattr(less, word)
                less = replace(less, **{word: nothing})
                try:
                    with transaction.atomic(using=database()):
                        return create(less), refused
                except (RefusedError, IntegrityError):
                    continue
        raise
