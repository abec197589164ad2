"""Bodies that keep to the contract, for tests of the checks of bodies."""

import json
from typing import Any

from fin_bridge.testing import Dialect, Verdict, check_answer

OPERATIONS = {
    "get_user",
    "update_user",
    "create_user",
    "get_agents",
    "get_conversation",
    "update_conversation",
    "create_conversation",
    "get_messages",
    "create_message",
}

USER = {"id": "u1", "user_type": "end_user"}


def answer(
    dialect: Dialect,
    operation: str,
    data: Any,
    *,
    status: int | None = None,
    content_type: str | None = None,
) -> Verdict:
    """Check what a helpdesk would send that has this to say."""
    found = status or (201 if operation.startswith("create") else 200)
    is_problem = found >= 400
    body = data if dialect == "rest" else {"error" if is_problem else "data": data}
    kind = "application/problem+json" if is_problem and dialect == "rest" else "application/json"
    return check_answer(
        dialect,
        operation,
        status=found,
        content_type=kind if content_type is None else content_type,
        body=json.dumps(body).encode(),
    )
