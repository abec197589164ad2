import json
from pathlib import Path

import pytest

from fin_bridge.testing import FinSimulator
from tests.support.contract_helpdesk import (
    INTEGRATION_ID,
    WEBHOOK_KEY,
    ContractHelpdesk,
    post_event,
)
from tests.support.contract_helpdesk import simulator as make
from tests.support.simulated_fin import TYPING

pytestmark = pytest.mark.parametrize("helpdesk", ["posts_only"], indirect=True)


def test_the_journal_tells_syncs_from_typing(fin: FinSimulator) -> None:
    sync = {"conversation_id": "c1", "event_type": None}
    post_event(fin, sync)
    post_event(fin, TYPING)
    post_event(fin, b"[]")
    assert [post.kind for post in fin.posts] == ["sync", "typing", "unknown"]
    assert fin.events == [sync]
    assert fin.typing == [TYPING]


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
