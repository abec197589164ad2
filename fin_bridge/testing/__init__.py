"""Public test kit: plays Fin for a helpdesk, and judges it by Fin's contract.

Needs the extra `testing`; neither Django nor the rest of fin_bridge, but for `HelpdeskContract`,
which is therefore loaded only when it is asked for.
"""

from typing import TYPE_CHECKING, Any

from fin_bridge.testing.contract import (
    Dialect,
    Verdict,
    check_answer,
    event_problems,
    request_problems,
)
from fin_bridge.testing.conversations import Conversation
from fin_bridge.testing.journal import Call, Note, Post, Violation
from fin_bridge.testing.messages import Customer, Message
from fin_bridge.testing.signing import sign_request, signature_problem
from fin_bridge.testing.simulator import FinSimulator

if TYPE_CHECKING:
    from fin_bridge.testing.helpdesk_contract import HelpdeskContract

__all__ = [
    "Call",
    "Conversation",
    "Customer",
    "Dialect",
    "FinSimulator",
    "HelpdeskContract",
    "Message",
    "Note",
    "Post",
    "Verdict",
    "Violation",
    "check_answer",
    "event_problems",
    "request_problems",
    "sign_request",
    "signature_problem",
]


def __getattr__(name: str) -> Any:
    if name != "HelpdeskContract":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from fin_bridge.testing.helpdesk_contract import HelpdeskContract

    return HelpdeskContract
