import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from fin_bridge.testing import FinSimulator
from tests.support.contract_helpdesk import (
    INTEGRATION_ID,
    WEBHOOK_KEY,
    ContractHelpdesk,
    post_event,
)
from tests.support.contract_helpdesk import simulator as make

AGENT = {"id": "a1", "user_type": "agent", "name": "Sarah", "email": None}
TYPING = {"conversation_id": "c1", "event_type": "agent_typing", "data": {"agent": AGENT}}


@pytest.fixture
def helpdesk() -> Iterator[ContractHelpdesk]:
    with ContractHelpdesk("posts_only") as found:
        yield found


@pytest.fixture
def fin(helpdesk: ContractHelpdesk) -> Iterator[FinSimulator]:
    with make(helpdesk) as found:
        yield found


def problems(fin: FinSimulator) -> list[str]:
    return [str(violation) for violation in fin.violations]


@pytest.mark.parametrize("event", [{"conversation_id": "c1"}, TYPING])
def test_an_event_is_accepted_without_a_body(fin: FinSimulator, event: dict[str, Any]) -> None:
    answer = post_event(fin, event)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Length" not in answer.headers
    assert [post.payload for post in fin.posts] == [event]
    assert fin.violations == []


def test_the_journal_tells_syncs_from_typing(fin: FinSimulator) -> None:
    sync = {"conversation_id": "c1", "event_type": None}
    post_event(fin, sync)
    post_event(fin, TYPING)
    post_event(fin, b"[]")
    assert [post.kind for post in fin.posts] == ["sync", "typing", "unknown"]
    assert fin.events == [sync]
    assert fin.typing == [TYPING]


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (b"", "the body is no JSON"),
        (b"{", "the body is no JSON"),
        (b"[" * 100_000, "the body is no JSON"),
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


def test_the_journal_is_on_the_disk_without_the_key(
    helpdesk: ContractHelpdesk, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "journal.jsonl"
    with make(helpdesk, journal_path=path) as fin:
        post_event(fin, {"conversation_id": "c1"})
        post_event(fin, b"\xff", headers={"X-Webhook-Key": "wrong-secret"})
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["kind"], line["status"]) for line in lines] == [("sync", 204), ("unknown", 401)]
    assert lines[0]["body"] == '{"conversation_id": "c1"}'
    assert lines[0]["integration_id"] == INTEGRATION_ID
    assert lines[0]["headers"]["X-Webhook-Key"] == "…"
    assert WEBHOOK_KEY not in path.read_text(encoding="utf-8")
    assert "wrong-secret" not in path.read_text(encoding="utf-8")


def test_headers_of_the_journal_are_found_in_any_case(fin: FinSimulator) -> None:
    post_event(fin, {"conversation_id": "c1"})
    assert fin.posts[0].headers["x-webhook-key"] == WEBHOOK_KEY


def test_one_connection_serves_many_events(fin: FinSimulator) -> None:
    with requests.Session() as session:
        url = f"{fin.url}/custom_helpdesk_conversation_event/"
        for _ in range(3):
            assert session.post(f"{url}other", json={}, timeout=5).status_code == 404
            assert session.get(f"{url}{INTEGRATION_ID}", timeout=5).status_code == 405
            assert session.head(fin.url, timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("Transfer-Encoding: chunked", 411),
        ("Content-Length: many", 411),
        ("Content-Length: 1000001", 413),
    ],
)
def test_what_cannot_be_read_is_refused(fin: FinSimulator, head: str, status: int) -> None:
    host, port = fin.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


def test_stopping_ends_idle_connections(helpdesk: ContractHelpdesk) -> None:
    fin = make(helpdesk)
    fin.start()
    host, port = fin.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /messenger/app.js HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(10)
        fin.stop()
        while connection.recv(65536):
            pass
