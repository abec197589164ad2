"""What Fin knows of an end user: what it was last shown, and what it has written itself since.

An end user has many conversations, and each of them remembers what Fin was shown of the person in
it. What Fin writes is noted once, for the person, and is no news of any of these conversations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from ...database.clock import from_microseconds, to_microseconds
from ...json_values import plain
from ...models import EndUserState
from ...records import EndUser

OVERLAP: Final = timedelta(seconds=10)
"""A pull that began this soon after Fin's write may still have read what was there before it."""

_ATTRIBUTE: Final = "attribute "

Values = Mapping[str, Any]
"""The name of an end user, and each attribute under a name of its own."""


def values_of(user: Mapping[str, Any]) -> dict[str, Any]:
    """Spread an end user as a snapshot has it into single values, to be compared one by one."""
    attributes = user["attributes"].items()
    return {"name": user["name"], **{f"{_ATTRIBUTE}{key}": value for key, value in attributes}}


def attributes_of(values: Values) -> dict[str, Any]:
    """Gather the attributes among single values."""
    return {
        name.removeprefix(_ATTRIBUTE): value
        for name, value in values.items()
        if name.startswith(_ATTRIBUTE)
    }


def shown_of(user: EndUser) -> dict[str, Any]:
    """Return what a snapshot holds of an end user."""
    shown: dict[str, Any] = plain(
        {"id": user.id, "name": user.name, "attributes": dict(user.attributes)}
    )
    return shown


def known(shown: Values, shown_at: datetime | None, written: Values, now: Values) -> Values:
    """Return the values that Fin takes for an end user's: as shown to it, or written by it since.

    `written` is of `written_of`. A value that Fin wrote shortly before it was shown another counts
    while it stands: the write and the pull may have been under way at one time.
    """
    values, shown_at = dict(shown), shown_at or from_microseconds(0)
    for name, (at, *value) in written.items():
        stands = value == _at(now, name)
        if from_microseconds(at) + (OVERLAP if stands else timedelta(0)) >= shown_at:
            values.pop(name, None)
            values.update(zip([name], value, strict=False))
    return values


def note_written(integration: str, before: EndUser, after: EndUser, at: datetime) -> None:
    """Note the values of an end user that differ since Fin wrote, within its transaction.

    What people changed before that differs from what Fin was shown, and is not among them.
    """
    old, new = values_of(shown_of(before)), values_of(shown_of(after))
    names = [name for name in {**old, **new} if _at(old, name) != _at(new, name)]
    if names:
        state, _ = EndUserState.objects.select_for_update().get_or_create(
            integration=integration, end_user_id=after.id
        )
        entries = {name: [to_microseconds(at), *_at(new, name)] for name in names}
        state.written = {**state.written, **entries}
        state.save(update_fields=["written"])


def written_of(integration: str, user_ids: Iterable[str]) -> dict[str, Values]:
    """Return, by end user, the values that Fin has written, each after its moment; [] if none."""
    states = EndUserState.objects.filter(integration=integration, end_user_id__in=set(user_ids))
    return dict(states.values_list("end_user_id", "written"))


def _at(values: Values, name: str) -> list[Any]:
    """Return a value in a list, which is empty where there is none: null is a value."""
    return [values[name]] if name in values else []
