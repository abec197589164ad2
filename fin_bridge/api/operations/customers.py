"""The operations on end users, and what Fin says of them while it writes conversations."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import OperationalError, transaction

from ...exceptions import NotFoundError
from ...helpdesk.reading.end_users import note_written, shown_of
from ...helpdesk.writing import kept_values
from ...models import FinReference, database
from ...records import EndUser, NewEndUser
from .call import Call, writing
from .merge import decide
from .references import FORMER, find, once, renew
from .repair import create_leniently
from .value_writes import put_each

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
        with _noted(call, user):
            end_users.put(user, {"attributes": changes.attributes}, call.context)
        return end_users.full_record(end_users.get(user_id))


def create_user(call: Call, new: NewEndUser) -> EndUser:
    """Create an end user, never merged with one who happens to have this e-mail address.

    A repeated one is answered like the first, unless that end user is gone: then it makes another.
    """
    return call.desk.end_users.full_record(_created(call, new))


def find_user(call: Call, user_id: str) -> Any:
    """Return the helpdesk's end user by its own id, or by Fin's id for one that Fin created.

    Of an end user who was merged, it is the one who lives on. Of one who is gone and was created
    anew, it is the new one. Raise `NotFoundError` where there is none.
    """
    user = _living(call, user_id)
    for kind in (KIND, FORMER):
        if user is None and (local_id := find(call, kind, user_id)):
            user = _living(call, local_id)
    if user is None:
        raise NotFoundError(f"There is no end user {user_id[:100]!r}.")
    return user


def _living(call: Call, local_id: str) -> Any | None:
    end_users = call.desk.end_users
    return end_users.living(local_id, end_users.find(local_id))


def find_or_create_user(call: Call, new: NewEndUser) -> Any:
    """Return a new conversation's end user, created if unknown and Fin gives an `object_id`."""
    try:
        return find_user(call, new.id)
    except NotFoundError:
        if not new.object_id:
            raise
    return _created(call, new)


def _created(call: Call, new: NewEndUser) -> Any:
    """Return the end user of an `object_id`: created at first, and anew once that one is gone."""

    def create() -> str:
        return _create(call, new)

    user_id = once(call, KIND, new.object_id, create)
    user = _living(call, user_id)
    if user is not None:
        return user
    return call.desk.end_users.get(renew(call, new.object_id, user_id, create))


def note_attributes(call: Call, user: Any, given: NewEndUser) -> None:
    """Write the attributes that Fin gives of a known end user while it opens a conversation.

    What the helpdesk refuses is noted in the log: the conversation must not fail for that.
    """
    if given.attributes:
        values = {"attributes": given.attributes}
        try:
            with transaction.atomic(using=database()), _noted(call, user):
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


@contextmanager
def _noted(call: Call, obj: Any) -> Iterator[None]:
    """Note what is written of an end user inside as Fin's own, wherever the user is shown."""
    end_users = call.desk.end_users
    before = end_users.full_record(obj)
    yield
    after = end_users.full_record(end_users.get(before.id))
    note_written(call.integration.name, before, after, call.began)


def is_same(call: Call, given_id: str, user_id: str) -> bool:
    """Return whether an id in Fin's request is that of the end user, as `find_user` reads ids."""
    return given_id == user_id or any(
        find(call, kind, given_id) == user_id for kind in (KIND, FORMER)
    )


class MergedUser(NamedTuple):
    """The names of what was not written: a person has changed it, or the helpdesk refused it."""

    withheld: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def merge_user(
    call: Call,
    user: EndUser,
    given: NewEndUser,
    known: Mapping[str, Any] | None,
) -> MergedUser:
    """Write what Fin says of a conversation's end user, unless a person was faster.

    `user` is how the user stands, `known` the attributes that Fin takes for the user's (None if
    it has seen none). A name is written only where there is none.
    """
    attributes = decide(given.attributes, shown_of(user)["attributes"], known)
    values: dict[str, Any] = {"attributes": attributes.write} if attributes.write else {}
    if given.name and not user.name:
        values["name"] = given.name
    obj = call.desk.end_users.find(user.id, lock=True) if values else None
    if obj is None:
        return MergedUser(attributes.withheld, tuple(values))
    with _noted(call, obj):
        written = put_each(call.desk.end_users, obj, values, call.context)
    return MergedUser(attributes.withheld, written.refused)
