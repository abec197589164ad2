"""Operations on end users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ...exceptions import NotFoundError, RefusedError
from ...helpdesk.writing import kept_values
from ...models import FinReference, database
from ...records import EndUser, NewEndUser
from .call import Call, writing
from .merge import decide
from .references import find, gone, once
from .repair import create_leniently

KIND = FinReference.Kind.END_USER


def get_user(call: Call, user_id: str) -> EndUser:
    """One end user."""
    return call.desk.end_users.full_record(known(call, user_id))


def update_user(call: Call, changes: NewEndUser) -> EndUser:
    """Attributes merge; null removes a key."""
    end_users = call.desk.end_users
    user_id = end_users.id_of(known(call, changes.id))
    with writing():
        user = end_users.get(user_id, lock=True)
        end_users.put(user, {"attributes": changes.attributes}, call.context)
    return end_users.full_record(end_users.get(user_id))


def create_user(call: Call, new: NewEndUser) -> EndUser:
    """A new one, never somebody who happens to have the same e-mail address."""
    user_id = once(call, KIND, new.object_id, lambda: _create(call, new))
    user = call.desk.end_users.find(user_id)
    if user is None:
        raise gone(KIND)
    return call.desk.end_users.full_record(user)


def known(call: Call, user_id: str) -> Any:
    """The helpdesk's end user of an id: ours, or Fin's own of one that it created."""
    end_users = call.desk.end_users
    user = end_users.find(user_id)
    if user is None and (local_id := find(call, KIND, user_id)):
        user = end_users.find(local_id)
    if user is None:
        raise NotFoundError(f"There is no end user {user_id[:100]!r}.")
    return user


def known_or_new(call: Call, new: NewEndUser) -> Any:
    """For a conversation: one whom we have not seen yet is created, if Fin says who it is."""
    try:
        return known(call, new.id)
    except NotFoundError:
        if not new.object_id:
            raise
    return call.desk.end_users.get(once(call, KIND, new.object_id, lambda: _create(call, new)))


def note_attributes(call: Call, user: Any, given: NewEndUser) -> None:
    """What Fin says of somebody whom we know, beside the conversation that it opens.

    It must not fail for that: what the helpdesk does not take is a remark in the log.
    """
    if given.attributes:
        values = {"attributes": given.attributes}
        try:
            with transaction.atomic(using=database()):
                call.desk.end_users.put(user, values, call.context)
        except RefusedError as error:
            call.entry.detail = f"of the end user: {error}"


def _create(call: Call, new: NewEndUser) -> str:
    """What the helpdesk does not take, such as an invalid or taken address, is kept by us."""
    end_users = call.desk.end_users
    user, refused = create_leniently(new, lambda less: end_users.create(less, call.context))
    user_id = end_users.id_of(user)
    if refused:
        kept_values.keep(KIND, user_id, refused)
    return user_id


def is_same(call: Call, given_id: str, user_id: str) -> bool:
    """Whether an id of Fin's request is that end user's: ours, or Fin's own of one it created."""
    return given_id == user_id or find(call, KIND, given_id) == user_id


def merge(
    call: Call,
    user: EndUser,
    given: NewEndUser,
    now: Mapping[str, Any],
    shown: Mapping[str, Any] | None,
) -> tuple[str, ...]:
    """Attributes as people left them merge; a name is taken where there is none.

    The names of the attributes that a person has changed since Fin was shown them.
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
    return attributes.kept
