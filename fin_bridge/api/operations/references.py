"""Idempotent creates: a repeated one, even at the same moment, is answered like the first is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from django.db import IntegrityError

from ...database.clock import Now
from ...exceptions import NotFoundError
from ...helpdesk.writing.saving import refusals
from ...models import FinReference
from .call import Call, writing

FORMER: Final = FinReference.Kind.FORMER


def find(call: Call, kind: str, object_id: str) -> str | None:
    """Return the helpdesk's id of what Fin created under `object_id`; None for nothing."""
    references = FinReference.objects.filter(**_names(call, kind, object_id))
    return references.values_list("local_id", flat=True).first()


def is_fins(call: Call, kind: str, local_id: str) -> bool:
    """Return whether Fin created that object of the helpdesk's."""
    return FinReference.objects.filter(
        integration=call.integration.name, kind=kind, local_id=local_id
    ).exists()


def once(call: Call, kind: str, object_id: str, create: Callable[[], str]) -> str:
    """Return the id of the object that `create` makes, or has made before for this `object_id`.

    The reference is written first: its unique constraint has others wait until the object is
    there. Both are written in one transaction.
    """
    created = find(call, kind, object_id)
    if created is not None:
        return created
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


def renew(call: Call, object_id: str, gone_id: str, create: Callable[[], str]) -> str:
    """Return the id of the end user who takes the place of one who is gone.

    `create` makes them once. Afterwards the id of the one who is gone leads to them as well.
    """
    names = _names(call, FinReference.Kind.END_USER, object_id)
    with writing():
        reference = FinReference.objects.select_for_update().get(**names)
        if reference.local_id == gone_id:
            with refusals():
                reference.local_id = create()
            reference.save(update_fields=["local_id"])
            former = FinReference.objects.filter(
                integration=call.integration.name, kind=FORMER, local_id=gone_id
            )
            former.update(local_id=reference.local_id)
            remember(call, FORMER, gone_id, reference.local_id)
    return str(reference.local_id)


def remember(call: Call, kind: str, object_id: str, local_id: str) -> None:
    """Note an object that was created with another, unless Fin has used `object_id` before."""
    FinReference.objects.get_or_create(
        **_names(call, kind, object_id), defaults={"local_id": local_id, "created_at": Now()}
    )


def _names(call: Call, kind: str, object_id: str) -> dict[str, str]:
    return {"integration": call.integration.name, "kind": kind, "object_id": _key(object_id)}


def _key(object_id: str) -> str:
    if len(object_id) <= 255:  # the column's length
        return object_id
    return f"sha256:{hashlib.sha256(object_id.encode()).hexdigest()}"


def gone(kind: str) -> NotFoundError:
    """Return the error for a repeated create whose object the helpdesk has deleted since."""
    return NotFoundError(f"The {kind} was deleted since.")
