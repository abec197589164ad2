import threading

import pytest

from fin_bridge.testing import FinSimulator
from tests.support.contract_helpdesk import ContractHelpdesk, post_event
from tests.support.simulated_fin import SYNC, said, settle, synced, written


def test_the_first_message_creates_everything_and_fin_answers(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    assert helpdesk.operations() == [
        "create_user",
        "create_conversation",
        *SYNC,
        "get_agents",
        "create_message",
        "update_conversation",
    ]
    assert [name for name, _ in said(conversation)] == ["Ada", "Fin AI"]
    assert conversation.messages[0].is_by_customer
    assert conversation.title == "I forgot my password"
    assert conversation.tags == ["password"]
    assert conversation.status == "open"
    assert conversation.assignee is not None
    assert conversation.assignee["id"] == "a3"
    assert conversation.attributes["fin_topic"] == "password"
    assert fin.conversation(str(conversation.id)) is conversation
    assert fin.conversations == [conversation]
    assert [call.operation for call in fin.calls] == helpdesk.operations()
    assert fin.violations == []
    assert fin.notes == []


def test_the_creation_says_whose_it_is_in_the_words_of_the_dialect(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    assert conversation.customer is not None
    (values,) = helpdesk.values_of("create_conversation")
    if helpdesk.dialect == "rest":
        assert values["user_id"] == conversation.customer.id
        assert values["initial_message"]["attributes"] == {"channel": "messenger"}
    else:
        assert values["user"]["id"] == conversation.customer.id
        assert values["attributes"] == {"channel": "messenger"}


def test_a_second_message_goes_into_the_conversation(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.calls.clear()
    conversation.write("And when do I get my refund?")
    settle(fin)
    assert helpdesk.operations() == [
        "create_message",
        *SYNC,
        "create_message",
        "update_conversation",
    ]
    assert conversation.tags == ["password", "refund"]
    assert [message.is_by_customer for message in conversation.messages] == [True, False] * 2


def test_an_event_makes_fin_pull_what_is_new(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.calls.clear()
    message = helpdesk.agent_says(str(conversation.id), "<p>Hello from <b>Sarah</b></p>")
    synced(fin, conversation)
    assert helpdesk.operations() == [*SYNC, "update_conversation"]
    assert said(conversation)[-1] == ("Sarah", "Hello from Sarah")
    helpdesk.calls.clear()
    synced(fin, conversation)
    assert helpdesk.values_of("get_messages")[0]["after_id"] == message["id"]


def test_private_notes_are_not_shown(fin: FinSimulator, helpdesk: ContractHelpdesk) -> None:
    conversation = written(fin)
    helpdesk.agent_says(str(conversation.id), "<p>secret</p>", visibility="private")
    synced(fin, conversation)
    assert len(conversation.messages) == 2


def test_what_changed_in_the_helpdesk_is_seen_and_kept(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    row = helpdesk.conversations[str(conversation.id)]
    row |= {"title": "Better title", "tags": ["vip"], "status": "closed"}
    row["assignee"] = helpdesk.agents[0]
    synced(fin, conversation)
    assert (conversation.title, conversation.tags) == ("Better title", ["vip"])
    assert (conversation.status, conversation.assignee) == ("closed", helpdesk.agents[0])
    assert row["title"] == "Better title"
    assert row["tags"] == ["vip"]
    assert row["status"] == "closed"


def test_what_arrives_during_a_sync_is_pulled_by_the_next(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.calls.clear()
    reached, go_on = threading.Event(), threading.Event()

    def hold(operation: str) -> None:
        if operation == "update_conversation":
            reached.set()
            go_on.wait(10)

    helpdesk.before = hold
    post_event(fin, {"conversation_id": conversation.id})
    assert reached.wait(10)
    helpdesk.agent_says(str(conversation.id), "<p>meanwhile</p>")
    post_event(fin, {"conversation_id": conversation.id})
    go_on.set()
    settle(fin)
    assert helpdesk.operations() == [*SYNC, "update_conversation"] * 2
    assert said(conversation)[-1] == ("Sarah", "meanwhile")


def test_a_customer_who_asks_for_a_person_is_handed_over(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    conversation.write("I want to talk to a person")
    settle(fin)
    assert "connect you" in said(conversation)[-1][1]
    assert helpdesk.values_of("update_conversation")[-1]["assignee_id"] is None
    assert conversation.assignee is None
    assert conversation.tags == ["password", "handover"]


def test_after_the_handover_fin_is_silent_and_repeats_it(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin, "I want to talk to a person")
    conversation.write("I forgot my password")
    settle(fin)
    assert len(conversation.messages) == 3
    helpdesk.conversations[str(conversation.id)]["assignee"] = helpdesk.agents[0]
    synced(fin, conversation)
    updates = helpdesk.values_of("update_conversation")
    assert [values["assignee_id"] for values in updates] == [None, None, None]


def test_fin_is_back_when_it_is_assigned_again(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin, "I want to talk to a person")
    conversation.write("I forgot my password")
    settle(fin)
    helpdesk.conversations[str(conversation.id)]["assignee"] = helpdesk.agents[2]
    synced(fin, conversation)
    assert "set a new password" in said(conversation)[-1][1]
    assert helpdesk.values_of("update_conversation")[-1]["assignee_id"] == "a3"


def test_a_handover_that_the_helpdesk_did_not_hear_is_not_taken_back(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.failures.append(("update_conversation", 500))
    conversation.write("I want to talk to a person")
    settle(fin)
    assert helpdesk.values_of("update_conversation")[-1]["assignee_id"] is None
    assert conversation.assignee is None
    assert conversation.tags == ["password", "handover"]
    assert len(conversation.messages) == 4


def test_fin_is_silent_while_a_person_is_assigned(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.conversations[str(conversation.id)]["assignee"] = helpdesk.agents[0]
    conversation.write("When do I get my refund?")
    settle(fin)
    assert conversation.messages[-1].is_by_customer
    assert "assignee_id" not in helpdesk.values_of("update_conversation")[-1]


def test_thanks_resolve_and_a_new_question_opens_again(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    conversation.write("Thank you!")
    settle(fin)
    assert conversation.status == "resolved"
    conversation.write("When do I get my refund?")
    settle(fin)
    assert helpdesk.conversations[str(conversation.id)]["status"] == "open"


def test_unknown_questions_get_an_offer(fin: FinSimulator) -> None:
    conversation = written(fin, "What is the meaning of life?")
    assert "other words" in said(conversation)[-1][1]
    assert conversation.tags == []


def test_a_conversation_that_cannot_be_created_has_failed_for_good(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    helpdesk.failures.append(("create_conversation", 500))
    conversation = written(fin)
    assert helpdesk.operations() == ["create_user", "create_conversation"]
    assert conversation.has_failed
    assert [message.state for message in conversation.messages] == ["failed"]
    assert "could not be created" in fin.notes[0].text
    with pytest.raises(ValueError, match="has ended"):
        conversation.write("Hello?")


def test_a_customer_who_cannot_be_created_cannot_begin(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    helpdesk.failures.append(("create_user", 400))
    assert written(fin).has_failed
    assert helpdesk.operations() == ["create_user"]


@pytest.mark.parametrize("operation", ["get_conversation", "get_messages", "update_conversation"])
def test_a_failed_sync_is_tried_again(
    fin: FinSimulator, helpdesk: ContractHelpdesk, operation: str
) -> None:
    conversation = written(fin)
    helpdesk.agent_says(str(conversation.id), "<p>Hello</p>")
    helpdesk.failures.extend([(operation, 503)] * 5)
    synced(fin, conversation)
    assert said(conversation)[-1] == ("Sarah", "Hello")
    assert len(fin.notes) == 5
    assert helpdesk.operations()[-1] == "update_conversation"


def test_a_message_is_sent_again_under_its_object_id(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.calls.clear()
    helpdesk.failures.append(("create_message", 500))
    conversation.write("When do I get my refund?")
    settle(fin)
    first, second, _ = helpdesk.values_of("create_message")
    assert first == second
    assert len(conversation.messages) == 4


def test_a_conversation_that_is_given_to_fin_is_answered(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    user = helpdesk.add_user(None, None)
    found = helpdesk.add_conversation(user["id"], {"body": "<p>Where are my invoices?</p>"})
    found["conversation"]["assignee"] = helpdesk.agents[2]
    post_event(fin, {"conversation_id": found["conversation"]["id"]})
    settle(fin)
    (conversation,) = fin.conversations
    assert [name for name, _ in said(conversation)] == ["Support", "Fin AI"]


def test_a_user_that_is_missing_fails_the_sync_but_nothing_is_gone(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.failures.append(("get_user", 404))
    synced(fin, conversation)
    assert not conversation.is_gone
    assert len(fin.notes) == 1


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["Sarah", "Finley", "Fin"], "a2"),
        (["Sarah", "Finley"], "a0"),
        ([""], "a0"),
    ],
)
def test_fin_acts_as_the_agent_with_its_name_or_the_first(
    fin: FinSimulator, helpdesk: ContractHelpdesk, names: list[str], chosen: str
) -> None:
    helpdesk.agents = [helpdesk.agent(f"a{number}", name) for number, name in enumerate(names)]
    conversation = written(fin)
    assert conversation.messages[-1].author["id"] == chosen


def test_without_an_agent_fin_is_silent_until_there_is_one(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    agents, helpdesk.agents = helpdesk.agents, []
    conversation = written(fin)
    assert len(conversation.messages) == 1
    assert "assignee_id" not in helpdesk.values_of("update_conversation")[0]
    helpdesk.agents = agents
    synced(fin, conversation)
    assert len(conversation.messages) == 2


def test_files_are_sent_as_links(fin: FinSimulator, helpdesk: ContractHelpdesk) -> None:
    customer = fin.customer("Ada", "ada@example.com")
    conversation = customer.write(file_url="https://files.example/a.png")
    settle(fin)
    (values,) = helpdesk.values_of("create_conversation")
    assert values["initial_message"]["attachments"] == [{"url": "https://files.example/a.png"}]
    assert "body" not in values["initial_message"]
    assert helpdesk.values_of("update_conversation")[0]["title"] is None
    conversation.write("And this one", file_url="https://files.example/b.png")
    settle(fin)
    assert helpdesk.values_of("update_conversation")[-1]["title"] == "And this one"


def test_a_helpdesk_without_tags_is_sent_none(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin, "What is the meaning of life?")
    del helpdesk.conversations[str(conversation.id)]["tags"]
    helpdesk.calls.clear()
    synced(fin, conversation)
    assert "tags" not in helpdesk.values_of("update_conversation")[0]


def test_long_first_messages_make_short_titles(fin: FinSimulator) -> None:
    title = str(written(fin, "word " * 50).title)
    assert len(title) <= 60
    assert title.endswith("word…")
