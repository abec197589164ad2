"""Routing: a drain finds out which integration a changed conversation belongs to."""

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
    """Return the only integration if each conversation belongs to it by the settings, else ""."""
    names, conversations = conf.integration_names, current().conversations
    has_all = conversations.scope == "all" and not conversations.is_filtered
    return names[0] if len(names) == 1 and has_all else ""


def route() -> None:
    """Give waiting events their integration; drop those of conversations that are not Fin's."""
    last = 0
    while pks := _route_some(last):
        last = pks[-1]
        if len(pks) < BATCH:
            return


def _route_some(after: int) -> list[int]:
    """Route a batch with keys `after` that one; return its keys in order."""
    # Mostly there is nothing, so the look is in no transaction.
    unrouted = Event.objects.waiting().filter(integration="").order_by("pk")
    rows = dict(unrouted.filter(pk__gt=after).values_list("pk", "conversation_id")[:BATCH])
    if not rows:
        return []
    with transaction.atomic(using=database()):
        sql.commit_lazily()
        owners, unclear = _owners(set(rows.values()))
        for integration in set(owners.values()):
            routed = [pk for pk, name in rows.items() if owners.get(name) == integration]
            unrouted.filter(pk__in=routed).update(integration=integration)
        waiting = [pk for pk, name in rows.items() if name in unclear]
        unrouted.filter(pk__in=waiting).update(detail="Whose it is, the helpdesk fails to say.")
        strays = [pk for pk, name in rows.items() if name not in owners and name not in unclear]
        Event.objects.filter(pk__in=strays, integration="").delete()
    return list(rows)


def _owners(conversation_ids: set[str]) -> tuple[dict[str, str], set[str]]:
    """Return the integration of each that is Fin's, and those where the helpdesk's code fails.

    One failure must not keep all the others from being sent.
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
        owner, failed = _owners({conversation_id})
        owners |= owner
        unclear |= failed
    return owners, unclear


def _ask(conversation_ids: set[str]) -> dict[str, str]:
    """Ask the helpdesk; an event whose conversation is gone goes to the integration that had it.

    Fin's pull of a conversation that is gone gets its 404.
    """
    desk = current()
    found = desk.conversations.in_bulk(conversation_ids)
    gone = ConversationState.objects.known_to_fin().filter(
        conversation_id__in=conversation_ids - set(found)
    )
    return {**dict(gone.values_list("conversation_id", "integration")), **fins(desk, found)}
