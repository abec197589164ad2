"""A conversation with the simulated Fin, for tests: begun, synchronised, typed in."""

from typing import Any

from fin_bridge.testing import Conversation, FinSimulator
from tests.support.contract_helpdesk import post_event

AGENT = {"id": "a1", "user_type": "agent", "name": "Sarah", "email": None}

TYPING = {"conversation_id": "c1", "event_type": "agent_typing", "data": {"agent": AGENT}}
SYNC = ["get_conversation", "get_messages", "get_user"]


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


def typing(fin: FinSimulator, conversation: Conversation, **agent: Any) -> None:
    person = {"id": "a1", "user_type": "agent", "name": "Sarah Jones", "email": None, **agent}
    event = {"event_type": "agent_typing", "data": {"agent": person}}
    assert post_event(fin, {"conversation_id": conversation.id, **event}).status_code == 204
