"""Repairs of a create that would be refused otherwise: a refused opening ends a chat."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any, Final, TypeVar

from django.db import OperationalError, transaction

from ...models import database
from ...records import NewConversation, NewEndUser
from ..wire.fields import UNSTORABLE
from ..wire.parsers import MAX_MEMBERS, MAX_TEXT

logger = logging.getLogger("fin_bridge")

# Mended, these would name something else.
_IDS: Final = {"id", "user_id", "object_id", "conversation_id"}

# Left out in this order where the helpdesk does not take the whole.
_DISPENSABLE: Final[dict[type, dict[str, Any]]] = {
    NewEndUser: {"email": None, "photo_url": None, "attributes": {}},
    NewConversation: {"attributes": {}, "title": None},
}

New = TypeVar("New", NewEndUser, NewConversation)


def mended(value: Any) -> Any:
    """Return parsed JSON without characters that no database holds, cut to size; ids stay."""
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
    """Return the object, and the values that had to be left out for the helpdesk to take it.

    Raise what `create` raised for the whole where the helpdesk does not even take the least. The
    helpdesk's own code may raise anything; it costs what it raises for.
    """
    obj, error = _tried(create, new)
    if error is None:
        return obj, {}
    less, refused = new, {}
    for word, nothing in _DISPENSABLE[type(new)].items():
        if getattr(less, word):
            refused[word] = getattr(less, word)
            less = replace(less, **{word: nothing})
            obj, further = _tried(create, less)
            if further is None:
                return obj, refused
    raise error


def _tried(create: Callable[[New], Any], new: New) -> tuple[Any, Exception | None]:
    """Return the object, or the error which the helpdesk raised, and which is logged."""
    try:
        with transaction.atomic(using=database()):
            return create(new), None
    except OperationalError:  # it is done once more
        raise
    except Exception as error:  # it is raised unless less is taken
        logger.warning("The helpdesk refuses what Fin creates.", exc_info=True)
        return None, error
