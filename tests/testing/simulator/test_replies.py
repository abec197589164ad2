import pytest

from fin_bridge.testing.simulator.replies import HANDOVER, RESOLVED, UNKNOWN, reply_to


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("I forgot my password", "password"),
        ("I can't log in", "password"),
        ("Can I get a REFUND?", "refund"),
        ("I was charged twice", "refund"),
        ("What are your opening hours?", "opening hours"),
        ("where are my invoices", "invoices"),
        ("How do I cancel my plan?", "cancellation"),
    ],
)
def test_fin_knows_its_topics(text: str, tag: str) -> None:
    reply = reply_to(text)
    assert reply.tags == (tag,)
    assert reply.attributes == {"fin_topic": tag}
    assert not reply.is_handover
    assert not reply.is_resolved


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a person",
        "can I speak with a human, please",
        "Connect me to an agent!",
        "human",
        "A real person please",
        "I need a human",
        "My password is lost. Please let me\ntalk to someone",
    ],
)
def test_a_customer_who_wants_a_person_gets_one(text: str) -> None:
    assert reply_to(text) is HANDOVER


@pytest.mark.parametrize("text", ["Thanks!", "thank you so much", "That helped", "cheers"])
def test_thanks_resolve(text: str) -> None:
    assert reply_to(text) is RESOLVED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What is the meaning of life?",
        "Thanks, but that is not what I asked",
        "Thanks, it doesn\u2019t work",
        "The person who delivered it was nice",
    ],
)
def test_anything_else_is_not_understood(text: str) -> None:
    assert reply_to(text) is UNKNOWN
