"""The public test kit: it plays Fin for a helpdesk, and judges it by Fin's contract.

It needs the extra `testing`, but neither Django nor the rest of fin_bridge, except for
`HelpdeskContract`, which is therefore loaded only when it is asked for.
"""

from typing import TYPE_CHECKING, Any

from .contract import Dialect, Verdict, check_answer, event_problems, request_problems
from .messenger.conversations import Conversation, Customer
from .messenger.messages import Message
from .signing import sign_request, signature_problem
from .simulator.journal import Call, Note, Post, Violation
from .simulator.simulator import FinSimulator

if TYPE_CHECKING:
    from .helpdesk_contract import HelpdeskContract

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
    from .helpdesk_contract import HelpdeskContract

    return HelpdeskContract
