"""Whose a changed conversation is: found out at the drain, never in the host's save."""

from __future__ import annotations

import logging

from django.db import Error, transaction

from ..conf import conf
from ..database import sql
from ..helpdesk import current
from ..helpdesk.scope import fins
from ..models import ConversationState, Event, database

logger = logging.getLogger("fin_bridge")

BATCH = 500


def certain() -> str:
    """The integration of all conversations where there is nothing to find out; empty elsewhere."""
    names, conversations = conf.integration_names, current().conversations
    is_known = conversations.scope == "all" and not conversations.is_filtered
    return names[0] if len(names) == 1 and is_known else ""


def route() -> None:
    """Give waiting events their integration; drop those of conversations that are not Fin's."""
    last = 0
    while pks := _route_some(last):
        last = pks[-1]
        if len(pks) < BATCH:
            return


def _route_some(after: int) -> list[int]:
    """Those looked at, in order. The look is in no transaction: mostly there is nothing."""
    unrouted = Event.objects.filter(integration="", state=Event.State.WAITING).order_by("pk")
    rows = dict(unrouted.filter(pk__gt=after).values_list("pk", "conversation_id")[:BATCH])
    if not rows:
        return []
    with transaction.atomic(using=database()):
        sql.commit_lazily()
        owners, unclear = _owners(set(rows.values()))
        for integration in set(owners.values()):
            theirs = [pk for pk, name in rows.items() if owners.get(name) == integration]
            unrouted.filter(pk__in=theirs).update(integration=integration)
        waiting = [pk for pk, name in rows.items() if name in unclear]
        unrouted.filter(pk__in=waiting).update(detail="Whose it is, the helpdesk fails to say.")
        nobodys = [pk for pk, name in rows.items() if name not in owners and name not in unclear]
        Event.objects.filter(pk__in=nobodys, integration="").delete()
    return list(rows)


def _owners(conversation_ids: set[str]) -> tuple[dict[str, str], set[str]]:
    """The integration of each that is Fin's, and those at which the helpdesk's own code fails.

    One of these must not keep all the others from being sent.
    """
    try:
        return _ask(conversation_ids), set()
    except Error:
        raise
    except Exception:
        if len(conversation_ids) == 1:
            logger.exception("Whose conversation %s is, is unknown.", *conversation_ids)
            return {}, conversation_ids
    owners, unclear = dict[str, str](), set[str]()
    for conversation_id in conversation_ids:
        theirs, failed = _owners({conversation_id})
        owners |= theirs
        unclear |= failed
    return owners, unclear


def _ask(conversation_ids: set[str]) -> dict[str, str]:
    """An event whose conversation is gone goes to whoever knew it: Fin's pull gets its 404."""
    desk = current()
    found = desk.conversations.in_bulk(conversation_ids)
    return {**_known(conversation_ids - set(found)), **fins(desk, found)}


def _known(conversation_ids: set[str]) -> dict[str, str]:
    states = ConversationState.objects.filter(
        conversation_id__in=conversation_ids, known_at__isnull=False
    )
    return dict(states.values_list("conversation_id", "integration"))
