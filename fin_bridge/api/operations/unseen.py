"""Words that Fin has not seen: they entered after its last pull of the messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ...conf import conf
from ...helpdesk import Helpdesk, fin_agent
from ...helpdesk.django.datetimes import aware
from ...helpdesk.reading.public_answers import public_answers
from ...helpdesk.reading.snapshot import extent
from ...helpdesk.reading.timeline import Timeline
from ...models import ConversationState
from .checkpoints import Checkpoints, Passage


def has_unseen(desk: Helpdesk, conversation: Any, state: ConversationState) -> bool:
    """Return whether messages were added to those that Fin was last shown.

    Where Fin was never shown any, nothing is known of what it has not seen. Otherwise it takes one
    statement for each table of messages, and the messages are read where rows have been added: a
    helpdesk may write rows without a word, such as one for each change of a status.
    """
    if not state.extent:
        return False
    now = extent(desk, conversation)
    has_more = any(_is_more(tally, state.extent.get(prefix, {})) for prefix, tally in now.items())
    return has_more and not _is_known(desk, conversation, state.checkpoints)


def _is_known(desk: Helpdesk, conversation: Any, checkpoints: Checkpoints) -> bool:
    passage, notes = Passage([], ""), conf.show_private_notes
    for shown in Timeline(desk, conversation):
        if notes or shown.message.visibility != "private":
            passage.is_known_up_to(shown.message.id)
    return passage.checkpoints == [tuple(checkpoint) for checkpoint in checkpoints[-1:]]


def _is_more(tally: Mapping[str, Any], seen: Mapping[str, Any]) -> bool:
    last, seen_last = _moment(tally), _moment(seen)
    is_later = last is not None and (seen_last is None or last > seen_last)
    return tally["count"] > seen.get("count", 0) or is_later


def _moment(tally: Mapping[str, Any]) -> datetime | None:
    last = tally.get("last")
    return aware(datetime.fromisoformat(last)) if last else None


def has_unseen_answer(desk: Helpdesk, conversation: Any, seen: Mapping[str, Any]) -> bool:
    """Return whether a person has answered publicly since the last message that Fin was shown."""
    moments = [moment for tally in seen.values() if (moment := _moment(tally)) is not None]
    since = max(moments, default=desk.conversations.read(conversation, "created_at"))
    machines = {fin_agent.agent_id(integration) for integration in conf.integrations.values()}
    conversation_id = desk.conversations.id_of(conversation)
    found = public_answers(desk, {conversation_id: conversation}, since, machines)
    return any(_in_milliseconds(at) > since for at in found.get(conversation_id, ()))


def _in_milliseconds(moment: datetime) -> datetime:
    """Return a moment as precisely as an extent has it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
