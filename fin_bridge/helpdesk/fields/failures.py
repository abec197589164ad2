"""Failures of the helpdesk's own code and storage: each costs one value, and the log names it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import Error

from ..owner import Owner

Value = TypeVar("Value")

logger = logging.getLogger("fin_bridge")


def attempt(
    part: Owner, obj: Any, word: str, read: Callable[..., Value], *args: Any
) -> Value | None:
    """Return what `read(*args)` returns, or None where it fails, which is logged.

    `part`, `obj` and `word` say in the log what is read. An error of the database is raised: a
    call that it broke off is done once more as a whole.
    """
    try:
        return read(*args)
    except Error:
        raise
    except Exception:
        key = getattr(obj, "pk", None)
        logger.exception("%s.%s of row %s cannot be read.", type(part).__name__, word, key)
        return None


def read_or_none(part: Owner, obj: Any, word: str) -> Any:
    """Return a word's value, or None where the helpdesk's code or storage fails."""
    return attempt(part, obj, word, part.read, obj, word)
