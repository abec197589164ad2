"""The operations on end users, and what Fin says of them while it writes conversations."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.db import OperationalError, transaction

from ...exceptions import NotFoundError, RefusedError
from ...helpdesk.writing import kept_values
from ...models import FinReference, database
from ...records import EndUser, NewEndUser
from .call import Call, writing
from .merge import decide
from .references import find, gone, once
from .repair import create_leniently

logger = logging.getLogger("fin_bridge")

KIND = FinReference.Kind.END_USER


def get_user(call: Call, user_id: str) -> EndUser:
    """Return the end user's record with attributes."""
    return call.desk.end_users.full_record(find_user(call, user_id))


def update_user(call: Call, changes: NewEndUser) -> EndUser:
    """Merge the attributes into the end user's, where null removes a key; return the record."""
    end_users = call.desk.end_users
    user_id = end_users.id_of(find_user(call, changes.id))
    with writing():
        user = end_users.get(user_id, lock=True)
        end_users.put(user, {"attributes": changes.attributes}, call.context)
    return end_users.full_record(end_users.get(user_id))


def create_user(call: Call, new: NewEndUser) -> EndUser:
    """Create an end user, never merged with one who happens to have this e-mail address."""
    user_id = once(call, KIND, new.object_id, lambda: _create(call, new))
    user = call.desk.end_users.find(user_id)
    if user is None:
        raise gone(KIND)
    return call.desk.end_users.full_record(user)


def find_user(call: Call, user_id: str) -> Any:
    """Return the helpdesk's end user by its own id, or by Fin's id for one that Fin created.

    Raise `NotFoundError` where there is none.
    """
    end_users = call.desk.end_users
    user = end_users.find(user_id)
    if user is None and (local_id := find(call, KIND, user_id)):
        user = end_users.find(local_id)
    if user is None:
        raise NotFoundError(f"There is no end user {user_id[:100]!r}.")
    return user


def find_or_create_user(call: Call, new: NewEndUser) -> Any:
    """Return a new conversation's end user, created if unknown and Fin gives an `object_id`."""
    try:
        return find_user(call, new.id)
    except NotFoundError:
        if not new.object_id:
            raise
    return call.desk.end_users.get(once(call, KIND, new.object_id, lambda: _create(call, new)))


def note_attributes(call: Call, user: Any, given: NewEndUser) -> None:
    """Write the attributes that Fin gives of a known end user while it opens a conversation.

    What the helpdesk refuses is noted in the log: the conversation must not fail for that.
    """
    if given.attributes:
        values = {"attributes": given.attributes}
        try:
            with transaction.atomic(using=database()):
                call.desk.end_users.put(user, values, call.context)
        except OperationalError:  # it is done once more
            raise
        except Exception as error:
            logger.exception("Attributes of an end user are not written.")
            call.entry.detail = f"of the end user: {error}"


def _create(call: Call, new: NewEndUser) -> str:
    # Values that the helpdesk does not take, such as an address of somebody else, are kept by us.
    end_users = call.desk.end_users
    user, refused = create_leniently(new, lambda less: end_users.create(less, call.context))
    user_id = end_users.id_of(user)
    if refused:
        kept_values.keep(KIND, user_id, refused)
    return user_id


def is_same(call: Call, given_id: str, user_id: str) -> bool:
    """Return whether an id in Fin's request is that of the end user, as `find_user` reads ids."""
    return given_id == user_id or find(call, KIND, given_id) == user_id


def merge_user(
    call: Call,
    user: EndUser,
    given: NewEndUser,
    now: Mapping[str, Any],
    shown: Mapping[str, Any] | None,
) -> tuple[str, ...]:
    """Write what Fin says of a conversation's end user, unless a person was faster.

    `now` is the user's snapshot, `shown` the one that Fin last saw (None for none). A name is
    written only where there is none. Return the names of the attributes that were not written,
    since a person has changed them.
    """
    attributes = decide(given.attributes, now["attributes"], shown and shown.get("attributes", {}))
    values: dict[str, Any] = {"attributes": attributes.write} if attributes.write else {}
    if given.name and not user.name:
        values["name"] = given.name
    if values:
        end_users = call.desk.end_users
        try:
            with transaction.atomic(using=database()):
                end_users.put(end_users.get(user.id, lock=True), values, call.context)
        except RefusedError as error:
            call.entry.detail = f"of the end user: {error}"
    return attributes.withheld
