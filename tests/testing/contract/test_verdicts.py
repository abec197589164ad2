import json
from typing import Any

import pytest

from fin_bridge.testing import Dialect, check_answer, event_problems
from fin_bridge.testing.contract import DIALECTS, echo_problems
from tests.support.contract_bodies import OPERATIONS, USER, answer

AGENT = {"id": "a1", "user_type": "agent", "name": "Sarah", "email": "sarah@example.com"}

CONVERSATION: dict[str, Any] = {
    "id": "c1",
    "status": "open",
    "user": USER,
    "created_at": "2026-01-01T10:00:00Z",
    "updated_at": "2026-01-01T10:00:00.5Z",
}

MESSAGE: dict[str, Any] = {
    "id": "m1",
    "conversation_id": "c1",
    "message_type": "comment",
    "body": "<p>Hi</p>",
    "author": USER,
    "visibility": "public",
    "created_at": "2026-01-01T10:00:00Z",
}

PROBLEM = {"type": "about:blank", "title": "Not found", "status": 404}

DATA: dict[str, Any] = {
    "get_user": USER,
    "update_user": USER,
    "create_user": USER,
    "get_agents": [AGENT],
    "get_conversation": CONVERSATION,
    "update_conversation": CONVERSATION,
    "create_conversation": {"conversation": CONVERSATION, "message": MESSAGE},
    "get_messages": [MESSAGE],
    "create_message": MESSAGE,
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_what_the_contract_promises_is_accepted(dialect: Dialect, operation: str) -> None:
    verdict = answer(dialect, operation, DATA[operation])
    assert verdict.problems == []
    assert verdict.is_success
    assert verdict.is_usable
    assert verdict.data == DATA[operation]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_a_problem_is_accepted_for_any_error(dialect: Dialect, operation: str) -> None:
    for status in (400, 401, 404, 409, 500):
        verdict = answer(dialect, operation, {**PROBLEM, "status": status}, status=status)
        assert verdict.problems == []
        assert not verdict.is_success
        assert verdict.data["status"] == status


@pytest.mark.parametrize(
    ("operation", "change", "problem"),
    [
        ("get_user", {"id": ""}, "$.id: '' should be non-empty"),
        ("get_user", {"id": 5}, "$.id: 5 is not of type 'string'"),
        ("get_user", {"user_type": "agent"}, "$.user_type: 'end_user' was expected"),
        ("get_conversation", {"status": "solved"}, "$.status: 'solved' is not one of"),
        ("get_conversation", {"user": None}, "$.user: None is not of type 'object'"),
        ("get_conversation", {"tags": [1]}, "$.tags[0]: 1 is not of type 'string'"),
        ("get_conversation", {"assignee": USER}, "$.assignee.user_type: 'agent' was expected"),
        ("get_conversation", {"created_at": "2026-01-01 10:00Z"}, "is not a 'date-time'"),
        ("get_conversation", {"created_at": "2026-02-30T10:00:00Z"}, "is not a 'date-time'"),
        ("get_conversation", {"updated_at": "2026-01-01T10:00:00+00:00"}, "does not match 'Z$'"),
        ("create_message", {"author": {**AGENT, "id": 7}}, "$.author.id: 7 is not of type"),
        ("create_message", {"author": {**USER, "name": 7}}, "$.author.name: 7 is not of type"),
        ("create_message", {"visibility": "internal"}, "$.visibility: 'internal' is not one of"),
        (
            "create_message",
            {"attachments": [{"url": "http://x.example", "filetype": "", "filename": ""}]},
            "$.attachments[0].url: 'http://x.example' does not match '^https://'",
        ),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_that_breaks_the_schema_is_no_use(
    dialect: Dialect, operation: str, change: dict[str, Any], problem: str
) -> None:
    verdict = answer(dialect, operation, {**DATA[operation], **change})
    assert problem.removeprefix("$") in "\n".join(verdict.problems)
    assert not verdict.is_usable
    assert verdict.data is None


def test_a_missing_key_is_named() -> None:
    user = {"user_type": "end_user"}
    assert answer("rest", "get_user", user).problems == ["$: 'id' is a required property"]


def test_a_long_message_is_cut() -> None:
    (problem,) = answer("rest", "get_user", {**USER, "id": ["x" * 500]}).problems
    assert len(problem) < 320


def test_unknown_names_are_empty_in_the_posts_only_dialect() -> None:
    nameless = [{**AGENT, "name": None, "email": None}]
    assert answer("rest", "get_agents", nameless).problems == []
    assert answer("posts_only", "get_agents", nameless).problems == [
        "$.data[0].name: None is not of type 'string'",
        "$.data[0].email: None is not of type 'string'",
    ]


@pytest.mark.parametrize(("dialect", "foreign"), [("rest", "alias_name"), ("posts_only", "alias")])
def test_the_alias_of_the_other_dialect_is_a_problem(dialect: Dialect, foreign: str) -> None:
    verdict = answer(dialect, "get_agents", [{**AGENT, foreign: "Sarah"}])
    assert verdict.problems == [f"$[0]: {foreign} belongs to the other dialect"]
    assert verdict.is_usable


def test_keys_are_in_snake_case_but_for_attributes() -> None:
    verdict = answer("rest", "get_user", {**USER, "photoUrl": "", "attributes": {"fooBar": 1}})
    assert verdict.problems == ["$: the key photoUrl is not in snake_case"]


@pytest.mark.parametrize(
    "nothing", [{"body": None}, {"body": ""}, {"body": "", "attachments": []}]
)
def test_a_message_with_nothing_in_it_is_a_problem(nothing: dict[str, Any]) -> None:
    verdict = answer("rest", "get_messages", [{**MESSAGE, **nothing}])
    assert verdict.problems == ["$[0]: a message has a body or attachments or both"]


def test_a_problem_about_another_status_is_a_problem() -> None:
    verdict = answer("rest", "get_user", PROBLEM, status=400)
    assert verdict.problems == ["$.status: the problem says 404, the answer 400"]


@pytest.mark.parametrize(
    ("dialect", "status", "content_type", "is_right"),
    [
        ("rest", 200, "application/json", True),
        ("rest", 200, "Application/JSON; charset=utf-8", True),
        ("rest", 200, "application/problem+json", False),
        ("rest", 200, "text/html", False),
        ("rest", 200, "", False),
        ("rest", 404, "application/problem+json", True),
        ("rest", 404, "application/json", False),
        ("posts_only", 200, "application/json", True),
        ("posts_only", 404, "application/json", True),
        ("posts_only", 404, "application/problem+json", False),
    ],
)
def test_the_content_type_must_be_right(
    dialect: Dialect, status: int, content_type: str, is_right: bool
) -> None:
    data = USER if status == 200 else PROBLEM
    verdict = answer(dialect, "get_user", data, status=status, content_type=content_type)
    assert verdict.is_usable
    assert (verdict.problems == []) == is_right
    assert is_right or verdict.problems[0].startswith("content type: ")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"data": USER, "error": PROBLEM}),
        (200, {"data": USER, "error": None}),
        (404, {"data": None, "error": PROBLEM}),
    ],
)
def test_exactly_one_of_data_and_error_is_present(status: int, body: dict[str, Any]) -> None:
    verdict = check_answer(
        "posts_only",
        "get_user",
        status=status,
        content_type="application/json",
        body=json.dumps(body).encode(),
    )
    assert verdict.problems == ["$: exactly one of data and error must be present"]


def test_an_answer_without_its_envelope_is_a_problem() -> None:
    body = json.dumps([AGENT]).encode()
    verdict = check_answer(
        "posts_only", "get_agents", status=200, content_type="application/json", body=body
    )
    assert not verdict.is_usable
    assert "is not of type 'object'" in verdict.problems[0]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("status", [204, 302])
def test_a_status_that_is_neither_promised_nor_an_error_is_a_problem(
    dialect: Dialect, status: int
) -> None:
    verdict = answer(dialect, "get_user", USER, status=status)
    assert verdict.problems == [f"status: {status} is not promised for get_user (200 is)"]


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"id": NaN}', b"\xff", b"[" * 40, b'"\\ud800"']
)
def test_what_is_no_json_is_a_problem(body: bytes) -> None:
    verdict = check_answer(
        "rest", "get_user", status=200, content_type="application/json", body=body
    )
    assert verdict.problems[0].startswith("body: is no JSON")
    assert not verdict.is_usable


@pytest.mark.parametrize(
    ("operation", "request_", "data", "problems"),
    [
        ("get_user", {"user_id": "u2"}, USER, ["$.id: u1 instead of u2"]),
        ("update_user", {"user_id": "u2"}, USER, ["$.id: u1 instead of u2"]),
        ("get_conversation", {"conversation_id": "c2"}, CONVERSATION, ["$.id: c1 instead of c2"]),
        ("update_conversation", {"conversation_id": "c1"}, CONVERSATION, []),
        (
            "get_messages",
            {"conversation_id": "c2"},
            [MESSAGE, {**MESSAGE, "conversation_id": "c2"}],
            ["$[0].conversation_id: c1 instead of c2"],
        ),
        (
            "create_message",
            {"conversation_id": "c2"},
            MESSAGE,
            ["$.conversation_id: c1 instead of c2"],
        ),
        (
            "create_conversation",
            {},
            {"conversation": {**CONVERSATION, "id": "c9"}, "message": MESSAGE},
            ["$.message.conversation_id: c1 instead of c9"],
        ),
        ("create_user", {}, USER, []),
        ("get_agents", {}, [AGENT], []),
    ],
)
def test_an_answer_is_about_what_was_asked(
    operation: str, request_: dict[str, Any], data: Any, problems: list[str]
) -> None:
    assert echo_problems(operation, request_, data) == problems


@pytest.mark.parametrize(
    "event",
    [
        {"conversation_id": "c1"},
        {"conversation_id": "c1", "event_type": None},
        {"conversation_id": "c1", "event_type": "agent_typing", "data": {"agent": AGENT}},
        {
            "conversation_id": "c1",
            "event_type": "agent_typing",
            "data": {"agent": {**AGENT, "name": None, "email": None, "alias": None}},
        },
    ],
)
def test_events_of_the_contract_are_accepted(event: dict[str, Any]) -> None:
    assert event_problems(event) == []


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (None, "$: None is not of type 'object'"),
        ({}, "$: 'conversation_id' is a required property"),
        ({"conversation_id": 7}, "$.conversation_id: 7 is not of type 'string'"),
        ({"conversation_id": "c1", "event_type": "sync"}, "$.event_type: 'sync' is not one of"),
        ({"conversation_id": "c1", "event_type": "agent_typing"}, "$: 'data' is a required"),
        (
            {"conversation_id": "c1", "event_type": "agent_typing", "data": {}},
            "$.data: 'agent' is a required property",
        ),
        (
            {"conversation_id": "c1", "event_type": "agent_typing", "data": {"agent": USER}},
            "$.data.agent: 'name' is a required property",
        ),
    ],
)
def test_an_event_that_breaks_the_contract_is_a_problem(event: Any, problem: str) -> None:
    assert problem in "\n".join(event_problems(event))
