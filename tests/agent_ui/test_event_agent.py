"""An agent as typing events name one."""

from fin_bridge.agent_ui.event_agent import event_agent
from fin_bridge.records import Agent
from fin_bridge.testing.contract import event_problems


def problems(agent: Agent) -> list[str]:
    notice = {
        "conversation_id": "c",
        "event_type": "agent_typing",
        "data": {"agent": event_agent(agent)},
    }
    return list(event_problems(notice))


def test_all_that_is_known() -> None:
    agent = Agent("7", "Sarah Lee", "sarah@example.com", "https://example.com/s.png", "Sally")
    assert event_agent(agent) == {
        "id": "7",
        "user_type": "agent",
        "name": "Sarah Lee",
        "email": "sarah@example.com",
        "photo_url": "https://example.com/s.png",
        "alias": "Sally",
    }
    assert problems(agent) == []


def test_what_is_required_is_there_where_it_is_unknown() -> None:
    agent = Agent("7")
    assert event_agent(agent) == {"id": "7", "user_type": "agent", "name": None, "email": None}
    assert problems(agent) == []
