from collections.abc import Iterator

import pytest

from fin_bridge.testing import Dialect, FinSimulator
from fin_bridge.testing.contract import DIALECTS
from tests.support.contract_helpdesk import ContractHelpdesk, post_event
from tests.support.contract_helpdesk import simulator as make
from tests.support.messenger_page import ADA, begun, opened, state


@pytest.fixture
def helpdesk() -> Iterator[ContractHelpdesk]:
    with ContractHelpdesk("posts_only") as found:
        yield found


@pytest.fixture
def fin(helpdesk: ContractHelpdesk) -> Iterator[FinSimulator]:
    hosts = {"https://invented.example": "http://127.0.0.1:1"}
    with make(helpdesk, customers=[ADA], map_hosts=hosts, typing_seconds=3600) as found:
        yield found


def test_html_is_clean_and_addresses_are_mapped(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = begun(fin)
    helpdesk.agent_says(
        str(conversation.id),
        '<p onclick="x()">Hi<script>x()</script><img src="https://invented.example/a.png"></p>',
        attachments=[
            {"url": "https://invented.example/b?sig=1", "filetype": "image/png"},
            {"url": "https://invented.example/c.pdf", "filetype": "application/pdf"},
        ],
    )
    helpdesk.agents[0]["photo_url"] = "https://invented.example/sarah.png"
    post_event(fin, {"conversation_id": conversation.id})
    fin.wait_for(lambda: fin.is_idle)
    message = opened(fin, conversation)["conversation"]["messages"][-1]
    assert message["html"] == '<p>Hi<img src="http://127.0.0.1:1/a.png"></p>'
    assert message["photo"] == "http://127.0.0.1:1/sarah.png"
    assert [(each["url"], each["is_image"]) for each in message["attachments"]] == [
        ("http://127.0.0.1:1/b?sig=1", True),
        ("http://127.0.0.1:1/c.pdf", False),
    ]


@pytest.mark.parametrize(
    ("url", "filename", "is_image"),
    [
        ("https://x.example/a/photo.JPG?sig=1.pdf", "photo.JPG", True),
        ("https://x.example/a/letter.pdf", "letter.pdf", False),
    ],
)
def test_a_link_to_a_file_is_named_after_its_address(
    fin: FinSimulator, url: str, filename: str, is_image: bool
) -> None:
    conversation = fin.customer(*ADA).write(file_url=url)
    (attachment,) = opened(fin, conversation)["conversation"]["messages"][0]["attachments"]
    assert attachment == {"url": url, "filename": filename, "is_image": is_image}
    fin.wait_for(lambda: fin.is_idle)


def test_a_conversation_that_is_gone_leaves_the_list_with_a_note(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = begun(fin)
    helpdesk.conversations.clear()
    post_event(fin, {"conversation_id": conversation.id})
    fin.wait_for(lambda: conversation.is_gone)
    found = opened(fin, conversation)
    assert found["conversations"] == []
    assert found["conversation"]["is_gone"]
    assert "is gone" in next(each["text"] for each in found["activity"] if each["kind"] == "note")


def test_the_drawer_shows_what_fin_saw(fin: FinSimulator, helpdesk: ContractHelpdesk) -> None:
    conversation = begun(fin)
    post_event(fin, {"conversation_id": conversation.id})
    post_event(fin, b"{")
    helpdesk.failures.append(("get_conversation", 500))
    fin.wait_for(lambda: fin.is_idle)
    found = state(fin)
    assert found["violations"] == 1
    kinds = {(entry["kind"], entry["is_ok"]) for entry in found["activity"]}
    assert {("event", True), ("event", False), ("call", True), ("violation", False)} <= kinds
    times = [entry["at"] for entry in found["activity"]]
    assert times == sorted(times, reverse=True)


def test_a_failure_to_reach_the_helpdesk_is_in_the_drawer(helpdesk: ContractHelpdesk) -> None:
    with make(helpdesk, helpdesk_url="http://127.0.0.1:9", token="t") as fin:
        conversation = begun(fin)
        entries = state(fin)["activity"]
        assert conversation.has_failed
    assert any(entry["kind"] == "call" and not entry["is_ok"] for entry in entries)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("alias", "name"), [("Sally", "Sally"), (None, "Sarah Jones")])
def test_the_assignee_is_shown_by_alias_or_name(
    dialect: Dialect, alias: str | None, name: str
) -> None:
    with ContractHelpdesk(dialect) as helpdesk, make(helpdesk) as fin:
        conversation = begun(fin)
        assert conversation.assignee is not None
        conversation.assignee = helpdesk.agent("a1", "Sarah Jones", alias)
        assert opened(fin, conversation)["conversation"]["assignee"] == name
        conversation.assignee = None
        assert opened(fin, conversation)["conversation"]["assignee"] is None
