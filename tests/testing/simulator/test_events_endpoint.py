from typing import Any

import pytest

from fin_bridge.testing import FinSimulator
from tests.support.contract_helpdesk import (
    WEBHOOK_KEY,
    ContractHelpdesk,
    post_event,
)
from tests.support.contract_helpdesk import simulator as make
from tests.support.simulated_fin import AGENT, TYPING

pytestmark = pytest.mark.parametrize("helpdesk", ["posts_only"], indirect=True)


def problems(fin: FinSimulator) -> list[str]:
    return [str(violation) for violation in fin.violations]


@pytest.mark.parametrize("event", [{"conversation_id": "c1"}, TYPING])
def test_an_event_is_accepted_without_a_body(fin: FinSimulator, event: dict[str, Any]) -> None:
    answer = post_event(fin, event)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Length" not in answer.headers
    assert [post.payload for post in fin.posts] == [event]
    assert fin.violations == []


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (b"", "the body is no JSON"),
        (b"{", "the body is no JSON"),
        (b"[" * 40, "the body is no JSON"),
        (b"[]", "[] is not of type 'object'"),
        ({"conversation_id": ""}, "$.conversation_id: '' should be non-empty"),
        ({**TYPING, "data": {}}, "$.data: 'agent' is a required property"),
    ],
)
def test_a_malformed_event_is_refused(fin: FinSimulator, event: Any, problem: str) -> None:
    assert post_event(fin, event).status_code == 400
    assert problem in problems(fin)[0]
    assert problem in fin.posts[0].problem
    assert fin.events == fin.typing == []


def test_another_content_type_is_malformed(fin: FinSimulator) -> None:
    answer = post_event(fin, {"conversation_id": "c1"}, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400
    assert problems(fin) == ["event: the content type is not application/json"]


@pytest.mark.parametrize("key", ["", "wrong", "webhook-key ü".encode().decode("latin-1")])
def test_a_wrong_key_is_refused(fin: FinSimulator, key: str) -> None:
    headers = {"X-Webhook-Key": key}
    assert post_event(fin, {"conversation_id": "c1"}, headers=headers).status_code == 401
    assert problems(fin) == ["event: X-Webhook-Key is missing or wrong"]


def test_an_unknown_integration_is_refused_first(fin: FinSimulator) -> None:
    answer = post_event(fin, b"{", integration_id="other", headers={"X-Webhook-Key": "wrong"})
    assert answer.status_code == 404
    assert fin.posts[0].integration_id == "other"


def test_any_of_several_keys_is_accepted(helpdesk: ContractHelpdesk) -> None:
    with make(helpdesk, webhook_keys=["new", WEBHOOK_KEY]) as fin:
        assert post_event(fin, {"conversation_id": "c1"}).status_code == 204
        assert fin.violations == []


def test_the_signature_must_be_made_with_the_key_that_is_shown(
    helpdesk: ContractHelpdesk,
) -> None:
    with make(helpdesk, webhook_keys=["new", WEBHOOK_KEY]) as fin:
        headers = {"X-Webhook-Key": "new"}
        assert post_event(fin, {"conversation_id": "c1"}, headers=headers).status_code == 204
        assert problems(fin) == ["event: X-Webhook-Signature does not match the body"]


def test_a_missing_signature_is_a_violation_that_fin_does_not_see(fin: FinSimulator) -> None:
    headers = {"X-Webhook-Signature": ""}
    assert post_event(fin, {"conversation_id": "c1"}, headers=headers).status_code == 204
    assert problems(fin) == ["event: X-Webhook-Timestamp and X-Webhook-Signature are missing"]


def test_events_are_spelled_as_in_the_rest_dialect(fin: FinSimulator) -> None:
    post_event(fin, {**TYPING, "data": {"agent": {**AGENT, "alias": "S", "alias_name": "S"}}})
    assert problems(fin) == ["event: $.data.agent: alias_name belongs to the other dialect"]


def test_faults_are_injected_for_some_posts(fin: FinSimulator) -> None:
    fin.answer_with(503, {"Retry-After": "7"}, b"later", times=2)
    answers = [post_event(fin, {"conversation_id": "c1"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 204]
    assert answers[0].headers["Retry-After"] == "7"
    assert answers[0].content == b"later"
    assert [post.status for post in fin.posts] == [503, 503, 204]
    assert len(fin.events) == 1
