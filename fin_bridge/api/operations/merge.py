"""Merging, in which people win: decides which of the values that Fin sends are written.

Fin's update ends a sync that may have begun before a person acted. So each value is compared with
what reads now and with what Fin was last shown; where these two differ, somebody was faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Decision:
    """The values to write, and the names of those withheld since a person has changed them."""

    write: Mapping[str, Any]
    withheld: tuple[str, ...]


def decide(
    wanted: Mapping[str, Any], now: Mapping[str, Any], shown: Mapping[str, Any] | None
) -> Decision:
    """Compare each value that Fin wants with what stands now and with what Fin was last shown.

    Where `shown` is None, Fin has seen nothing that a person could have changed since.
    """
    changes = {key: value for key, value in wanted.items() if not _same(now.get(key), value)}
    withheld = tuple(
        key for key in changes if shown is not None and not _same(now.get(key), shown.get(key))
    )
    return Decision({key: changes[key] for key in changes if key not in withheld}, withheld)


def _same(value: Any, other: Any) -> bool:
    if isinstance(value, list) and isinstance(other, list):  # such as tags, in any order
        return sorted(map(repr, value)) == sorted(map(repr, other))
    return bool(value == other)
