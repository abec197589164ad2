"""Handover watch: from the moment Fin hands a conversation over to the first answer of a person.

No signal is needed to see an answer, so that replies which `bulk_create` or another service writes
count as well: the sweep looks at the few cases that are open, a constant number of statements for
each batch of them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import Error
from django.db.models import QuerySet

from ..conf import conf
from ..helpdesk import Helpdesk, Messages, current, fin_agent
from ..helpdesk.django import datetimes
from ..models import ConversationState
from ..records import UNKNOWN_AUTHOR, Agent
from ..signals import announce, handover_unanswered

logger = logging.getLogger("fin_bridge")

BATCH: Final = 200

Handover = ConversationState.Handover


def unanswered() -> QuerySet[ConversationState]:
    """The open cases."""
    return ConversationState.objects.filter(handover__in=[Handover.WAITING, Handover.LATE])


def watch(now: datetime) -> None:
    """Settle what was answered or is over, and announce what waits too long.

    What fails here is logged: deliveries go on.
    """
    try:
        desk, last = current(), 0
        while batch := list(unanswered().filter(pk__gt=last).order_by("pk")[:BATCH]):
            last = batch[-1].pk
            _look_at_each(desk, batch, now)
    except Exception:
        logger.exception("The handovers could not be looked at.")


def _look_at_each(desk: Helpdesk, cases: Sequence[ConversationState], now: datetime) -> None:
    """One at which the description fails hides no other."""
    try:
        _look(desk, cases, now)
    except Error:
        raise
    except Exception:
        if len(cases) == 1:
            logger.exception(
                "The handover of %s could not be looked at.", cases[0].conversation_id
            )
            return
        for case in cases:
            _look_at_each(desk, [case], now)


def _look(desk: Helpdesk, cases: Sequence[ConversationState], now: datetime) -> None:
    objects = desk.conversations.in_bulk(case.conversation_id for case in cases)
    answers = _answers(desk, objects, min(_began(case) for case in cases))
    for case in cases:
        moments = answers.get(case.conversation_id, ())
        answered_at = min((at for at in moments if at >= _began(case)), default=None)
        if answered_at is not None:
            _move(case, Handover.ANSWERED, answered_at=answered_at)
        elif _is_over(desk, case, objects.get(case.conversation_id)):
            _move(case, Handover.OVER)
        elif _is_late(case, now) and _move(case, Handover.LATE):
            _announce(desk, case, objects[case.conversation_id], now)


def _began(case: ConversationState) -> datetime:
    """A case has a beginning."""
    assert case.handed_over_at is not None
    began: datetime = case.handed_over_at
    return began


def _answers(
    desk: Helpdesk, objects: Mapping[str, Any], since: datetime
) -> dict[str, list[datetime]]:
    """When people wrote publicly, by conversation: a statement for each table of messages."""
    found: dict[str, list[datetime]] = {}
    automata = {UNKNOWN_AUTHOR.id, *map(fin_agent.agent_id, conf.integrations.values())}
    for part in desk.messages:
        if part is not desk.opening:
            for obj in _since(part, objects.values(), since):
                name = part.conversation_id(obj) or ""
                message = part.record(obj, name)
                if message is None or message.visibility != "public":
                    continue  # a note, or a row that is no message
                if isinstance(message.author, Agent) and message.author.id not in automata:
                    found.setdefault(name, []).append(message.created_at)
    return found


def _since(part: Messages, conversations: Iterable[Any], since: datetime) -> Iterator[Any]:
    narrowing = part.path("conversation").among(list(conversations))
    written = {f"{part.path('created_at').lookup}__gte": datetimes.stored(since)}
    return part.loading().filter(**narrowing, **written).iterator(BATCH)


def _is_over(desk: Helpdesk, case: ConversationState, conversation: Any | None) -> bool:
    """Gone, finished without a word, or given back to Fin."""
    return (
        conversation is None
        or case.holder == ConversationState.Holder.FIN
        or desk.conversations.read(conversation, "status") != "open"
    )


def _is_late(case: ConversationState, now: datetime) -> bool:
    alarm = conf.handover_alarm
    return alarm is not None and case.handover == Handover.WAITING and now - _began(case) >= alarm


def _move(case: ConversationState, handover: str, **values: Any) -> bool:
    """Compare-and-set: another process may have looked too, or Fin handed over anew."""
    same = ConversationState.objects.filter(
        pk=case.pk, handover=case.handover, handed_over_at=case.handed_over_at
    )
    return bool(same.update(handover=handover, **values))


def _announce(desk: Helpdesk, case: ConversationState, conversation: Any, now: datetime) -> None:
    logger.warning(
        "Nobody has answered conversation %s since Fin handed it over.", case.conversation_id
    )
    announce(
        handover_unanswered,
        desk.conversations.model_class,
        conversation=conversation,
        conversation_id=case.conversation_id,
        integration=case.integration,
        waited=now - _began(case),
    )
