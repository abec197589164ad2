"""The conditions of `where`: for the database, and for one object that is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..fields.path import Path


def spelled(path: Path, value: Any) -> tuple[str, Any]:
    """As a query asks for it."""
    return (f"{path.lookup}__in", value) if _several(value) else (path.lookup, value)


def meets(found: Any, value: Any) -> bool:
    """Whether what an object has is the value, or one of them."""
    return bool(found in value if _several(value) else found == value)


def problems(path: Path) -> Iterator[str]:
    """What makes a path no condition that one object can be held against."""
    advice = "override queryset(), and has() beside it"
    if any(field.many_to_many or field.one_to_many for field in path.hops()):
        yield f"{path.dotted!r} leads to many rows: {advice}"
    elif "__" in path.dotted:
        yield f"{path.dotted!r} is no path: it may have one value or a list of them; else {advice}"
    else:
        yield from path.problems()


def _several(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset)
