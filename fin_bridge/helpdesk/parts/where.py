"""The conditions of a part's `where`: for the database, and for one object that is at hand."""

from __future__ import annotations

from typing import Any

from ..fields.path import Path


def condition(path: Path, value: Any) -> tuple[str, Any]:
    """Return a condition as a query states it."""
    return (f"{path.lookup}__in", value) if _is_several(value) else (path.lookup, value)


def meets(found: Any, value: Any) -> bool:
    """Return whether what an object has is the value, or is one of the values."""
    return bool(found in value if _is_several(value) else found == value)


def _is_several(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset)
