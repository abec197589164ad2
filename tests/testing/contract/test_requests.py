from typing import Any

import pytest

from fin_bridge.testing import Dialect, request_problems
from fin_bridge.testing.contract import DIALECTS, Document
from tests.support.contract_bodies import OPERATIONS

AUTHOR = {"id": "u1", "user_type": "end_user"}

REQUESTS: dict[str, dict[str, Any]] = {
    "get_user": {"user_id": "u1"},
    "update_user": {"user_id": "u1", "attributes": {}},
    "create_user": {"object_id": "o1"},
    "get_agents": {},
    "get_conversation": {"conversation_id": "c1"},
    "update_conversation": {"conversation_id": "c1", "assignee_id": None},
    "get_messages": {"conversation_id": "c1"},
    "create_message": {
        "conversation_id": "c1",
        "author": AUTHOR,
        "object_id": "o1",
        "body": "<p>Hi</p>",
    },
}


def creation(dialect: Dialect) -> dict[str, Any]:
    first = {"author": AUTHOR, "object_id": "o2", "body": "<p>Hi</p>"}
    whose = {"user_id": "u1"} if dialect == "rest" else {"user": {"id": "u1"}}
    return {"object_id": "o1", "initial_message": first, **whose}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_requests_of_the_contract_are_accepted(dialect: Dialect, operation: str) -> None:
    values = creation(dialect) if operation == "create_conversation" else REQUESTS[operation]
    is_get = Document.load(dialect).operations[operation].method == "GET"
    query, body = (values, None) if is_get else ({}, values)
    assert request_problems(dialect, operation, query=query, body=body) == []


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        ("create_user", None, "$: None is not of type 'object'"),
        ("create_user", {}, "$: 'object_id' is a required property"),
        ("update_conversation", {"conversation_id": "c1", "assignee_id": 5}, "$.assignee_id: 5"),
        (
            "update_conversation",
            {"conversation_id": "c1", "last_user_read_at": "now"},
            "$.last_user_read_at: 'now' is not a 'date-time'",
        ),
        (
            "create_message",
            {**REQUESTS["create_message"], "body": "", "attachments": []},
            "$.body: '' should be non-empty",
        ),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_request_that_breaks_the_contract_is_a_problem(
    dialect: Dialect, operation: str, body: Any, problem: str
) -> None:
    problems = request_problems(dialect, operation, query={}, body=body)
    assert problem in "\n".join(problems)


def test_a_get_needs_its_parameters() -> None:
    problems = request_problems("rest", "get_messages", query={}, body=None)
    assert problems == ["query: conversation_id is missing"]
