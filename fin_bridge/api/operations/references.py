"""Idempotent creates: a repeated one, even at the same moment, is answered like the first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import IntegrityError

from ...database.clock import Now
from ...exceptions import NotFoundError
from ...helpdesk.writing.saving import refusals
from ...models import FinReference
from .call import Call, writing


def find(call: Call, kind: str, object_id: str) -> str | None:
    """The helpdesk's id of what Fin created under its own id, if it did."""
    known = FinReference.objects.filter(**_names(call, kind, object_id))
    return known.values_list("local_id", flat=True).first()


def is_fins(call: Call, kind: str, local_id: str) -> bool:
    """Whether Fin created that object of the helpdesk's."""
    return FinReference.objects.filter(
        integration=call.integration.name, kind=kind, local_id=local_id
    ).exists()


def once(call: Call, kind: str, object_id: str, create: Callable[[], str]) -> str:
    """The id of the object that `create` makes, or has made before for the same `object_id`.

    The row comes first: its unique constraint makes others wait until the object is there. Both
    are one transaction.
    """
    known = find(call, kind, object_id)
    if known is not None:
        return known
    try:
        with writing():
            reference = FinReference(**_names(call, kind, object_id), created_at=Now())
            reference.save(force_insert=True)
            with refusals():
                local_id = reference.local_id = create()
            reference.save(update_fields=["local_id"])
            return local_id
    except IntegrityError:  # somebody else was at it, and is done now
        return str(FinReference.objects.get(**_names(call, kind, object_id)).local_id)


def remember(call: Call, kind: str, object_id: str, local_id: str) -> None:
    """Note what came with another object, unless Fin has used that `object_id` before."""
    FinReference.objects.get_or_create(
        **_names(call, kind, object_id), defaults={"local_id": local_id, "created_at": Now()}
    )


def _names(call: Call, kind: str, object_id: str) -> dict[str, str]:
    return {"integration": call.integration.name, "kind": kind, "object_id": _key(object_id)}


def _key(object_id: str) -> str:
    """As it fits into the table: one that is too long is remembered by its digest."""
    if len(object_id) <= 255:
        return object_id
    return f"sha256:{hashlib.sha256(object_id.encode()).hexdigest()}"


def gone(kind: str) -> NotFoundError:
    """To be raised where a create is repeated after the helpdesk has deleted the object."""
    return NotFoundError(f"The {kind} was deleted since.")
