"""Authors of customers' messages: whoever Fin knows as a customer may write, whatever happened."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ...exceptions import NotFoundError, RefusedError
from ...models import FinReference
from ...records import AuthorReference
from .call import Call
from .customers import find_user
from .references import find

KIND = FinReference.Kind.END_USER


def author(
    call: Call, conversation: Any, given: AuthorReference, customers: Collection[str]
) -> AuthorReference:
    """Return the conversation's present customer, or the given one where there is none any more.

    `customers` are the ids that Fin knows as the conversation's customer. Raise `RefusedError` for
    the id of somebody else, `NotFoundError` for the id of nobody.
    """
    end_users = call.desk.end_users
    user = call.desk.conversations.read(conversation, "user")
    present = [] if user is None else [end_users.id_of(user)]
    local_id = given.id if given.id in present else find(call, KIND, given.id) or given.id
    if not _is_customer(call, local_id, {*present, *customers}):
        raise RefusedError("The author is not this conversation's end user.")
    if user is not None:
        local_id = end_users.id_of(end_users.living(present[0], user))
    return AuthorReference(local_id, "end_user")


def _is_customer(call: Call, local_id: str, customers: Collection[str]) -> bool:
    """Return whether an end user is one of the customers; those who are gone may have heirs."""
    if local_id in customers:
        return True
    living_id = call.desk.end_users.id_of(find_user(call, local_id))
    return living_id in customers or any(
        _leads_to(call, user_id, living_id) for user_id in customers
    )


def _leads_to(call: Call, user_id: str, living_id: str) -> bool:
    try:
        return call.desk.end_users.id_of(find_user(call, user_id)) == living_id
    except NotFoundError:
        return False
