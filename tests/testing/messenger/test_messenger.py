import threading

from fin_bridge.testing import FinSimulator
from tests.support.contract_helpdesk import Answer, ContractHelpdesk, post_event
from tests.support.simulated_fin import said, settle, synced, written


def test_a_conversation_that_the_helpdesk_has_begun_is_seen(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    user = helpdesk.add_user("Grace", "grace@example.com")
    found = helpdesk.add_conversation(user["id"], {"body": "<p>Where are my invoices?</p>"})
    conversation_id = found["conversation"]["id"]
    post_event(fin, {"conversation_id": conversation_id})
    settle(fin)
    conversation = fin.conversation(conversation_id)
    assert conversation is not None
    assert said(conversation) == [("Grace", "Where are my invoices?")]
    assert "assignee_id" not in helpdesk.values_of("update_conversation")[0]
    assert fin.customer("Grace", "grace@example.com") is conversation.customer


def test_an_event_about_the_conversation_that_is_being_created_waits(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def hold(operation: str, answer: Answer) -> Answer:
        if operation == "create_conversation":
            reached.set()
            go_on.wait(10)
        return answer

    helpdesk.tamper = hold
    conversation = fin.customer("Ada", "ada@example.com").write("I forgot my password")
    assert reached.wait(10)
    (conversation_id,) = helpdesk.conversations
    post_event(fin, {"conversation_id": conversation_id})
    assert fin.conversation(conversation_id) is None
    go_on.set()
    settle(fin)
    assert fin.conversation(conversation_id) is conversation
    assert fin.conversations == [conversation]
    assert len(conversation.messages) == 2


def test_two_creations_at_once_are_both_waited_for(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    reached, go_on = threading.Semaphore(0), threading.Semaphore(0)

    def hold(operation: str, answer: Answer) -> Answer:
        if operation == "create_conversation":
            reached.release()
            go_on.acquire(timeout=10)
        return answer

    helpdesk.tamper = hold
    one = fin.customer("Ada", "ada@example.com").write("I forgot my password")
    two = fin.customer("Grace", "grace@example.com").write("Where are my invoices?")
    assert reached.acquire(timeout=10)
    assert reached.acquire(timeout=10)
    for conversation_id in helpdesk.conversations:
        post_event(fin, {"conversation_id": conversation_id})
    go_on.release()
    fin.wait_for(lambda: one.id or two.id)
    assert len(fin.conversations) == 2
    go_on.release()
    settle(fin)
    assert sorted(map(str, (one.id, two.id))) == sorted(helpdesk.conversations)
    assert len(fin.conversations) == 2


def test_a_conversation_that_is_gone_is_dropped(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    del helpdesk.conversations[str(conversation.id)]
    helpdesk.calls.clear()
    synced(fin, conversation)
    assert conversation.is_gone
    assert "is gone" in fin.notes[0].text
    assert helpdesk.operations() == ["get_conversation"]
    synced(fin, conversation)
    assert helpdesk.operations() == ["get_conversation"]


def test_an_unknown_conversation_that_does_not_exist_is_forgotten(fin: FinSimulator) -> None:
    post_event(fin, {"conversation_id": "nothing"})
    settle(fin)
    assert fin.conversation("nothing") is None
    assert "is gone" in fin.notes[0].text


def test_a_user_of_the_helpdesk_who_has_several_conversations_sees_all(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    assert conversation.customer is not None
    other = helpdesk.add_conversation(str(conversation.customer.id), {"body": "<p>By mail</p>"})
    post_event(fin, {"conversation_id": other["conversation"]["id"]})
    settle(fin)
    assert [found.customer for found in fin.conversations] == [conversation.customer] * 2
