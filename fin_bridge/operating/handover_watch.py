"""The handover watch: from Fin's handing a conversation over to the first answer of a person.

The sweep looks at the few cases that are open, with a constant number of statements for each batch
of them. Answers need no signal to be seen: those of `bulk_create` or of another service count too.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import Error
from django.db.models import QuerySet

from ..conf import conf
from ..helpdesk import Helpdesk, current, fin_agent
from ..helpdesk.reading.public_answers import public_answers
from ..models import ConversationState
from ..signals import announce, handover_unanswered

logger = logging.getLogger("fin_bridge")

BATCH: Final = 200

Handover = ConversationState.Handover


def unanswered() -> QuerySet[ConversationState]:
    """Return the cases in which nobody has answered yet."""
    return ConversationState.objects.filter(handover__in=[Handover.WAITING, Handover.LATE])


def watch(now: datetime) -> None:
    """Settle the cases that were answered or are over, and announce those that wait too long.

    An error is logged and not raised: deliveries go on.
    """
    try:
        desk, last = current(), 0
        while batch := list(unanswered().filter(pk__gt=last).order_by("pk")[:BATCH]):
            last = batch[-1].pk
            _look_at_each(desk, batch, now)
    except Exception:
        logger.exception("The handovers could not be looked at.")


def _look_at_each(desk: Helpdesk, cases: Sequence[ConversationState], now: datetime) -> None:
    """Look at a batch, or case by case if it fails: a description's error hides no other case."""
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
    machines = set(map(fin_agent.agent_id, conf.integrations.values()))
    since = min(map(_began, cases))
    answers = public_answers(desk, objects, since, machines)
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
    assert case.handed_over_at is not None
    began: datetime = case.handed_over_at
    return began


def _is_over(desk: Helpdesk, case: ConversationState, conversation: Any | None) -> bool:
    """Return whether a conversation is gone, finished without a word, or given back to Fin."""
    return (
        conversation is None
        or case.holder == ConversationState.Holder.FIN
        or desk.conversations.read(conversation, "status") != "open"
    )


def _is_late(case: ConversationState, now: datetime) -> bool:
    alarm = conf.handover_alarm
    return alarm is not None and case.handover == Handover.WAITING and now - _began(case) >= alarm


def _move(case: ConversationState, handover: str, **values: Any) -> bool:
    """Change a case if it still is as it was read: another process may have been quicker."""
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
