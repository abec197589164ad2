"""The public signals; a receiver that raises is logged and breaks no delivery and no request."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import Signal

logger = logging.getLogger("fin_bridge")

event_sent = Signal()
"""It is sent when Fin has accepted an event, after the commit. The sender is the model `Event`.

Arguments: `event_id` (int), `conversation_id` (str, as Fin knows it), `integration` (str, its name
in the settings).
"""

event_failed = Signal()
"""It is sent when an event will not be tried again, after the commit. The sender is the model
`Event`.

Arguments: those of `event_sent`, and `detail` (str), a sentence that says why.
"""

handover_requested = Signal()
"""It is sent when Fin hands a conversation over to people, once per handover. The sender is the
conversation's model.

Arguments: `conversation` (the helpdesk's object), `conversation_id` (str), `integration` (str).
"""

handover_unanswered = Signal()
"""It is sent when nobody has answered for `FIN_BRIDGE_HANDOVER_ALARM` seconds, once per handover.
The sender is the conversation's model.

Arguments: those of `handover_requested`, and `waited` (timedelta), the time since.
"""

alarm_raised = Signal()
"""It is sent when something needs an operator. The sender is None.

Arguments: `integration` (str), `reason` (str, a word of the table in docs/operating.md), `detail`
(str, a sentence).
"""


def announce(signal: Signal, sender: Any, **arguments: Any) -> None:
    """Send a signal; a receiver of the host's that raises is logged, and breaks nothing."""
    for receiver, answer in signal.send_robust(sender, **arguments):
        if isinstance(answer, Exception):
            logger.error("A receiver of a fin_bridge signal raised: %r", receiver, exc_info=answer)
