import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from fin_bridge.testing import Conversation, FinSimulator
from fin_bridge.testing.contract import DIALECTS
from tests.support.contract_helpdesk import Answer, ContractHelpdesk, post_event
from tests.support.contract_helpdesk import simulator as make

SYNC = ["get_conversation", "get_messages", "get_user"]


@pytest.fixture(params=DIALECTS)
def helpdesk(request: pytest.FixtureRequest) -> Iterator[ContractHelpdesk]:
    with ContractHelpdesk(request.param) as found:
        yield found
        assert found.complaints == []


@pytest.fixture
def fin(helpdesk: ContractHelpdesk) -> Iterator[FinSimulator]:
    with make(helpdesk) as found:
        yield found


def settle(fin: FinSimulator) -> None:
    fin.wait_for(lambda: fin.is_idle)


def written(fin: FinSimulator, text: str = "I forgot my password") -> Conversation:
    """A conversation that has begun with this text and that Fin has answered."""
    conversation = fin.customer("Ada", "ada@example.com").write(text)
    settle(fin)
    return conversation


def synced(fin: FinSimulator, conversation: Conversation) -> None:
    """Let the helpdesk announce that the conversation has changed."""
    assert post_event(fin, {"conversation_id": conversation.id}).status_code == 204
    settle(fin)


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message.author_name, message.text) for message in conversation.messages]


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


def test_events_are_debounced(helpdesk: ContractHelpdesk) -> None:
    with make(helpdesk, debounce=0.3) as fin:
        conversation = written(fin)
        helpdesk.calls.clear()
        for _ in range(5):
            post_event(fin, {"conversation_id": conversation.id})
        settle(fin)
    assert helpdesk.operations() == [*SYNC, "update_conversation"]


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


def test_a_sync_that_goes_on_failing_is_given_up(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.calls.clear()
    helpdesk.failures.extend([("get_conversation", 503)] * 6)
    synced(fin, conversation)
    assert helpdesk.operations() == ["get_conversation"] * 6
    assert "failed 6 times" in fin.notes[-1].text
    synced(fin, conversation)
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


def typing(fin: FinSimulator, conversation: Conversation, **agent: Any) -> None:
    person = {"id": "a1", "user_type": "agent", "name": "Sarah Jones", "email": None, **agent}
    event = {"event_type": "agent_typing", "data": {"agent": person}}
    assert post_event(fin, {"conversation_id": conversation.id, **event}).status_code == 204


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


def test_typing_in_an_unknown_conversation_is_ignored(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    unknown = Conversation(None, threading.RLock(), lambda _conversation: None)
    unknown.id = "c99"
    typing(fin, unknown)
    assert fin.is_idle
    assert fin.conversations == []


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


def test_an_answer_that_breaks_the_contract_is_a_violation(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.conversations[str(conversation.id)]["created_at"] = "yesterday"
    synced(fin, conversation)
    assert {violation.where for violation in fin.violations} == {"get_conversation"}
    assert "'yesterday' is not a 'date-time'" in fin.violations[0].problem


def test_a_user_of_the_helpdesk_who_has_several_conversations_sees_all(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    assert conversation.customer is not None
    other = helpdesk.add_conversation(str(conversation.customer.id), {"body": "<p>By mail</p>"})
    post_event(fin, {"conversation_id": other["conversation"]["id"]})
    settle(fin)
    assert [found.customer for found in fin.conversations] == [conversation.customer] * 2


def test_downloads_go_through_the_host_map(helpdesk: ContractHelpdesk) -> None:
    with make(helpdesk) as fin:
        public = {"https://invented.example": fin.url}
        with make(helpdesk, map_hosts=public) as mapped:
            assert mapped.download("https://invented.example/messenger/app.js")
            with pytest.raises(requests.HTTPError):
                mapped.download("https://invented.example/nothing")


def test_waiting_in_vain_says_what_went_wrong(fin: FinSimulator) -> None:
    with pytest.raises(TimeoutError, match="nothing went wrong"):
        fin.wait_for(lambda: False, timeout=0.02)
    post_event(fin, b"{")
    with pytest.raises(TimeoutError, match="event: the body is no JSON"):
        fin.wait_for(lambda: False, timeout=0.02)


def test_a_port_that_is_taken_is_an_error(helpdesk: ContractHelpdesk, fin: FinSimulator) -> None:
    with pytest.raises(OSError, match="in use"):
        make(helpdesk, port=int(fin.url.rpartition(":")[2])).start()


def test_a_static_token_will_do(helpdesk: ContractHelpdesk) -> None:
    helpdesk.tokens = {"by-hand"}
    with make(helpdesk, token="by-hand", client_id="", client_secret="") as fin:
        assert written(fin).id
    assert helpdesk.tokens_issued == 0


@pytest.mark.exhaustive
def test_the_kit_needs_neither_django_nor_the_bridge() -> None:
    code = (
        "import sys, fin_bridge.testing.__main__;"
        "bad = [m for m in sys.modules if m.partition('.')[0] in {'django', 'celery'} or"
        " m.startswith('fin_bridge.') and not m.startswith('fin_bridge.testing')];"
        "sys.exit(str(bad) if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


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
