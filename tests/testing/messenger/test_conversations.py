from datetime import timedelta
from typing import Any

import pytest

from fin_bridge.testing import FinSimulator
from tests.support.contract_helpdesk import ContractHelpdesk
from tests.support.contract_helpdesk import simulator as make
from tests.support.simulated_fin import SYNC, said, settle, synced, typing, written


def test_creations_carry_object_ids_and_the_same_person_the_same_one(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    written(fin)
    with make(helpdesk) as restarted:
        restarted.customer("Ada", "ADA@example.com").write("Hello")
        settle(restarted)
    assert len(helpdesk.users) == 1
    assert len(helpdesk.conversations) == 2
    ids = [values["object_id"] for name, values in helpdesk.calls if name.startswith("create")]
    assert len(set(ids)) == len(ids) - 1


def test_a_customer_without_an_address_can_write(fin: FinSimulator) -> None:
    conversation = fin.customer("Visitor", "").write("Hello")
    settle(fin)
    assert conversation.id
    assert fin.customer("Other", "") is not conversation.customer


def test_attributes_of_a_customer_are_told(fin: FinSimulator, helpdesk: ContractHelpdesk) -> None:
    customer = fin.customer("Ada", "ada@example.com", {"plan": "pro"})
    customer.write("Hello")
    settle(fin)
    fin.customer("Ada", "ada@example.com", {"plan": "pro"}).write("Hello again")
    settle(fin)
    assert helpdesk.values_of("update_user") == [
        {"user_id": customer.id, "attributes": {"plan": "pro"}}
    ]
    assert fin.customer("Ada", "Ada@Example.com") is customer


def test_what_is_shown_twice_is_shown_once_and_edits_are_ignored(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    message = helpdesk.agent_says(str(conversation.id), "<p>first</p>")
    synced(fin, conversation)
    message["body"] = "<p>edited</p>"
    conversation.last_seen_id = "unknown"  # so that the whole list comes again
    synced(fin, conversation)
    assert [text for _, text in said(conversation)][2:] == ["first"]


def test_a_message_that_is_never_taken_has_failed(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.failures.extend([("create_message", 400)] * 6)
    conversation.write("Hello?")
    settle(fin)
    assert conversation.messages[-1].state == "failed"


@pytest.mark.parametrize("is_read", [True, False])
def test_the_time_of_reading_is_told_if_the_messenger_was_open(
    fin: FinSimulator, helpdesk: ContractHelpdesk, is_read: bool
) -> None:
    conversation = written(fin)
    if is_read:
        conversation.read()
    helpdesk.agent_says(str(conversation.id), "<p>Hello</p>")
    synced(fin, conversation)
    update = helpdesk.values_of("update_conversation")[-1]
    assert ("last_user_read_at" in update) == is_read
    assert conversation.unread == (0 if is_read else 1)


def test_reading_later_is_told_too(fin: FinSimulator, helpdesk: ContractHelpdesk) -> None:
    conversation = written(fin)
    helpdesk.agent_says(str(conversation.id), "<p>Hello</p>")
    synced(fin, conversation)
    helpdesk.calls.clear()
    conversation.read()
    conversation.read()
    settle(fin)
    assert helpdesk.operations() == [*SYNC, "update_conversation"]
    assert helpdesk.values_of("update_conversation")[0]["last_user_read_at"].endswith("Z")
    assert conversation.unread == 0


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ({"alias": "Sarah"}, "Sarah"),
        ({"alias": None}, "Sarah Jones"),
        ({"name": None}, "An agent"),
    ],
)
def test_typing_is_shown_and_falls(
    helpdesk: ContractHelpdesk, agent: dict[str, Any], name: str
) -> None:
    with make(helpdesk, typing_seconds=0.3) as fin:
        conversation = written(fin)
        helpdesk.calls.clear()
        assert conversation.typing is None
        typing(fin, conversation, **agent)
        assert conversation.typing == name
        fin.wait_for(lambda: conversation.typing is None)
        assert helpdesk.calls == []


def test_typing_falls_when_the_agent_has_written(
    helpdesk: ContractHelpdesk,
) -> None:
    with make(helpdesk, typing_seconds=3600) as fin:
        conversation = written(fin)
        typing(fin, conversation, id="a2")
        helpdesk.agent_says(str(conversation.id), "<p>Hello</p>")
        synced(fin, conversation)
        assert conversation.typing == "Sarah Jones"
        typing(fin, conversation, id="a1")
        helpdesk.agent_says(str(conversation.id), "<p>Hello again</p>")
        synced(fin, conversation)
        assert conversation.typing is None


@pytest.mark.parametrize(
    ("text", "file_url", "why"),
    [
        ("", None, "a text or a file"),
        (" \n ", None, "a text or a file"),
        ("See this", "http://files.example/a.png", "begins with https"),
    ],
)
def test_what_cannot_be_sent_is_refused(
    fin: FinSimulator, text: str, file_url: str | None, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        fin.customer("Ada", "ada@example.com").write(text, file_url=file_url)
    assert fin.conversations == []


def test_a_question_is_answered_once_whatever_the_helpdesk_does_to_its_times(
    fin: FinSimulator,
) -> None:
    conversation = written(fin)
    question, answer = conversation.messages
    answer.created_at = question.created_at - timedelta(hours=1)
    synced(fin, conversation)
    assert len(conversation.messages) == 2


def test_an_answer_of_fin_is_shown_once_the_helpdesk_has_it(helpdesk: ContractHelpdesk) -> None:
    helpdesk.failures.append(("create_message", 500))
    with make(helpdesk, retry_interval=3600) as fin:
        conversation = fin.customer("Ada", "ada@example.com").write("I forgot my password")
        fin.wait_for(lambda: fin.notes)
        assert [message.is_by_customer for message in conversation.messages] == [True]
        synced(fin, conversation)
        assert [message.is_by_customer for message in conversation.messages] == [True, False]
