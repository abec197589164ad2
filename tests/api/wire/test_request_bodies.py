"""Input is checked field by field: a refusal names what is wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from fin_bridge.testing.contract import Document
from helpdesk_demo.models import Reply, Ticket
from tests.support.fin_caller import DIALECTS, Caller

pytestmark = pytest.mark.django_db(transaction=True)


BODIES = [
    (dialect, name)
    for dialect in DIALECTS
    for name, operation in Document.load(dialect).operations.items()
    if operation.method != "GET"
]


REQUIRED = {
    "get_user": ["user_id"],
    "update_user": ["user_id"],
    "create_user": ["object_id"],
    "get_agents": [],
    "get_conversation": ["conversation_id"],
    "update_conversation": ["conversation_id"],
    "create_conversation": ["object_id", "initial_message"],
    "get_messages": ["conversation_id"],
    "create_message": ["conversation_id", "object_id", "author"],
}


@pytest.mark.parametrize(("dialect", "operation"), BODIES)
def test_each_field_is_needed_and_of_its_type(
    request: pytest.FixtureRequest, ticket: Ticket, dialect: str, operation: str
) -> None:
    caller: Caller = request.getfixturevalue(dialect)
    wire = caller.operation(operation)
    whose = {"rest": ["user_id"], "posts_only": ["user"]}[dialect]
    required = REQUIRED[operation] + (whose if operation == "create_conversation" else [])
    for field in required:
        body = json.dumps({other: "1" for other in required if other != field}).encode()
        answer = caller.send(operation, wire.method, wire.path, body=body)
        assert answer.status == 400
        assert f"{field}: This field is required." in answer.data["detail"]
        for wrong in (5, 1.5, True, None, [], {}, ["1"], {"a": "1"}):
            body = json.dumps({**dict.fromkeys(required, "1"), field: wrong}).encode()
            answer = caller.send(operation, wire.method, wire.path, body=body)
            assert answer.status == 400, (field, wrong)
            assert field in answer.data["detail"]


def bodies(messages: list[dict[str, Any]]) -> list[str]:
    return [message["body"].removeprefix("<p>").removesuffix("</p>") for message in messages]


@pytest.fixture
def old_ticket(ticket: Ticket) -> Ticket:
    """Opened an hour ago."""
    Ticket.objects.update(created=ticket.created - timedelta(hours=1))
    return ticket


def writes(caller: Caller, ticket: Ticket, author: Any, **values: Any) -> Any:
    """A message of Fin's agent or of the customer."""
    kind = "agent" if isinstance(author, User) else "end_user"
    given = {"object_id": "m-1", "body": "<p>Hello</p>", **values}
    return caller.call(
        "create_message",
        conversation_id=str(ticket.pk),
        author={"id": str(author.pk), "user_type": kind},
        **given,
    )


def test_an_after_id_of_another_type_is_refused(posts_only: Caller, ticket: Ticket) -> None:
    wrong: list[Any] = [5, True, [], {}]
    for after_id in wrong:
        asked = {"conversation_id": str(ticket.pk), "after_id": after_id}
        assert posts_only.refused("get_messages", **asked) == (
            400,
            "after_id: Not a valid string.",
        )


@pytest.mark.parametrize("after_id", [None, "a\ud800"])
def test_an_after_id_may_be_nothing_at_all(
    posts_only: Caller, old_ticket: Ticket, after_id: str | None
) -> None:
    spelled = "null" if after_id is None else r'"a\ud800"'
    body = f'{{"conversation_id": "{old_ticket.pk}", "after_id": {spelled}}}'.encode()
    answer = posts_only.send("get_messages", "POST", "/get_messages", body=body)
    assert bodies(answer.data) == ["It burns."]


def test_an_address_is_spelled_as_one_and_not_refused_for_a_space(
    caller: Caller, old_ticket: Ticket, sarah: User
) -> None:
    given = [
        {"url": "https://x.example/a b%20c.png?d=e&f=ü#g"},
        {"url": 'https://x.example/"onload="<x>'},
    ]
    shown = writes(caller, old_ticket, sarah, attachments=given).data["attachments"]
    assert [one["url"] for one in shown] == [
        "https://x.example/a%20b%20c.png?d=e&f=%C3%BC#g",
        "https://x.example/%22onload=%22%3Cx%3E",
    ]


WRONG: list[dict[str, Any]] = [
    {"body": None},
    {"body": ""},
    {"body": 5},
    {"body": None, "attachments": []},
    {"attachments": {}},
    {"attachments": [{}]},
    {"attachments": ["https://x.example"]},
    {"attachments": [{"url": "http://x.example"}]},
    {"attachments": [{"url": "javascript:alert(1)"}]},
    {"attachments": [{"url": "https://"}]},
    {"attachments": [{"url": "https:///nowhere"}]},
    {"attachments": [{"url": "https://[x.example"}]},
    {"attachments": [{"url": "https://[x.example]/"}]},
    {"attachments": [{"url": "https://x\u2100.example"}]},
    {"attachments": [{"url": None}]},
    {"attachments": [{"url": "https://x.example", "filename": 5}]},
    {"visibility": "secret"},
    {"visibility": None},
    {"visibility": True},
    {"message_type": "note"},
    {"created_at": "yesterday"},
    {"created_at": 5},
    {"object_id": ""},
    {"object_id": None},
    {"object_id": 5},
    {"object_id": ["m"]},
    {"author": None},
    {"author": "1"},
    {"author": {}},
    {"author": {"id": "1"}},
    {"author": {"id": 1, "user_type": "agent"}},
    {"author": {"id": "1", "user_type": "admin"}},
    {"author": {"id": "1", "user_type": "agent", "name": 1}},
    {"author": {"id": "1", "user_type": "agent", "email": ["x"]}},
    {"author": {"id": "1", "user_type": "agent", "photo_url": {}}},
    {"author": {"id": "", "user_type": "agent"}},
    {"conversation_id": None},
    {"conversation_id": 1},
    {"conversation_id": True},
    {"conversation_id": {"a": 1}},
    {"body": "a\x00b"},
    {"object_id": "a\x00b"},
]


def test_what_is_wrong_is_refused_by_its_name(
    caller: Caller, old_ticket: Ticket, sarah: User, subtests: pytest.Subtests
) -> None:
    right = {
        "conversation_id": str(old_ticket.pk),
        "object_id": "m",
        "body": "<p>x</p>",
        "author": {"id": str(sarah.pk), "user_type": "agent"},
    }
    for wrong in WRONG:
        with subtests.test(wrong=wrong):
            status, detail = caller.refused("create_message", **{**right, **wrong})
            assert status == 400
            assert any(detail.startswith(name) for name in ("body", *wrong))
    assert not Reply.objects.exists()


def test_what_is_not_known_is_ignored(caller: Caller, old_ticket: Ticket, sarah: User) -> None:
    answer = writes(caller, old_ticket, sarah, colour="red", message_type="comment")
    assert answer.status == 201
