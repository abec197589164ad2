"""The state of the Messenger's page, for tests."""

from typing import Any

import requests

from fin_bridge.testing import Conversation, FinSimulator

ADA = ("Ada Lovelace", "ada@example.com")


def state(fin: FinSimulator, **query: str) -> dict[str, Any]:
    answer = requests.get(f"{fin.url}/messenger/state", params=query, timeout=10)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def begun(fin: FinSimulator, text: str = "I forgot my password") -> Conversation:
    conversation = fin.customer(*ADA).write(text)
    fin.wait_for(lambda: fin.is_idle)
    return conversation


def opened(fin: FinSimulator, conversation: Conversation, visible: str = "0") -> dict[str, Any]:
    """The state of the page of somebody who looks at this conversation."""
    assert conversation.customer is not None
    return state(
        fin, customer=conversation.customer.key, conversation=conversation.key, visible=visible
    )
