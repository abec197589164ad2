"""Values that Fin wrote and the helpdesk has no place for, kept in a table of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...models import Kept

WORDS = frozenset({"title", "tags", "attributes", "user", "name", "email", "photo_url"})
"""The words that are kept. An assignee, for one, means nothing where the helpdesk has none."""


def load(kind: str, local_id: str) -> dict[str, Any]:
    """Return the values that are kept for an object, by word."""
    row = (
        Kept.objects.filter(kind=kind, local_id=local_id).values_list("values", flat=True).first()
    )
    return row or {}


def keep(kind: str, local_id: str, values: Mapping[str, Any]) -> None:
    """Keep values by word, and merge attributes with those that are kept already.

    It is to be called inside the transaction of the write that they belong to.
    """
    Kept.objects.get_or_create(kind=kind, local_id=local_id)
    row = Kept.objects.select_for_update().get(kind=kind, local_id=local_id)
    after = {**row.values, **values}
    if "attributes" in values:
        after["attributes"] = merged(row.values.get("attributes", {}), values["attributes"])
    if row.values != after:
        row.values = after
        row.save(update_fields=["values"])


def merged(attributes: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes with the changes made; null removes a key (contract, section 2)."""
    return {key: value for key, value in {**attributes, **changes}.items() if value is not None}
