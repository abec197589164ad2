"""The public signals. Receivers that raise are logged and never break a delivery or a request."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import Signal

logger = logging.getLogger("fin_bridge")

event_sent = Signal()
"""Fin has accepted an event. Sender: `Event`.
Arguments: `event_id`, `conversation_id`, `integration`."""

event_failed = Signal()
"""An event will not be tried again. Arguments as of `event_sent`, and `detail`."""

handover_requested = Signal()
"""Fin hands a conversation over to people, once per case. Sender: the conversation's model.
Arguments: `conversation` (the helpdesk's object), `conversation_id`, `integration`."""

handover_unanswered = Signal()
"""Nobody has answered for `FIN_BRIDGE_HANDOVER_ALARM`, once per case. Arguments as of
`handover_requested`, and `waited`, the time since (a timedelta)."""

alarm_raised = Signal()
"""Something needs an operator. Sender: None.
Arguments: `integration`, `reason` (a word), `detail`."""


def announce(signal: Signal, sender: Any, **arguments: Any) -> None:
    """Send it; a receiver of the host's that raises is logged, and breaks nothing of ours."""
    for receiver, answer in signal.send_robust(sender, **arguments):
        if isinstance(answer, Exception):
            logger.error("A receiver of a fin_bridge signal raised: %r", receiver, exc_info=answer)
