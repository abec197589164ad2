"""People win: which of the values that Fin sends are written, and which a person's word keeps out.

Fin's update ends a sync that may have begun before a person acted. So each value is compared with
what reads now and with what Fin was last shown; where these two differ, somebody was faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Decision:
    """What to write, and the names of what stays as people left it."""

    write: Mapping[str, Any]
    kept: tuple[str, ...]


def decide(
    wanted: Mapping[str, Any], now: Mapping[str, Any], shown: Mapping[str, Any] | None
) -> Decision:
    """For each value wanted; without `shown`, Fin has seen nothing that could have changed."""
    changes = {key: value for key, value in wanted.items() if not _same(now.get(key), value)}
    kept = tuple(
        key for key in changes if shown is not None and not _same(now.get(key), shown.get(key))
    )
    return Decision({key: changes[key] for key in changes if key not in kept}, kept)


def _same(one: Any, other: Any) -> bool:
    """Whether they say the same; the order of a list, such as tags, says nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return bool(one == other)
