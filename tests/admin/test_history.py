from __future__ import annotations

import re

import pytest
from django.test import Client

from fin_bridge.models import ConversationState, FinCall
from tests.support.delivery_log import LIST, ago, get, make_attempt, make_event, rows, text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


def test_the_last_answer_is_of_the_conversation_while_the_event_waited(olga: Client) -> None:
    lead = make_event("7", created_at=ago(hours=3), settled_at=ago(hours=1))
    make_attempt(lead, started_at=ago(hours=4), status=500)  # before it was made
    make_attempt(lead, started_at=ago(hours=2), status=502)
    make_attempt(lead, started_at=ago(minutes=59), status=504)  # after it was settled
    merged = make_event("7", state="merged", created_at=ago(hours=3), settled_at=ago(hours=1))
    other = make_event("7", created_at=ago(hours=3), integration="another")
    typing = make_event(
        "7", kind="typing", state="sent", created_at=ago(hours=2), settled_at=ago(hours=2)
    )
    make_attempt(typing, started_at=ago(hours=1.5), status=201)
    answers = {}
    for event in (lead, merged, other, typing):
        [row] = rows(get(olga, f"{LIST}?q={event.pk}"))
        found = re.findall(r"\b(?:50\d|201)\b", row)
        answers[event.pk] = found
    assert answers == {
        lead.pk: ["502"],
        merged.pk: ["502"],
        other.pk: [],
        typing.pk: ["201"],
    }


def test_the_conversations_timeline_shows_both_ways(olga: Client) -> None:
    event = make_event("7", cause="support.Reply 12 created")
    make_event("7", state="sent", created_at=ago(seconds=362), pulled_at=ago(minutes=6))
    make_event("8", cause="of another conversation")
    FinCall.objects.create(
        at=ago(minutes=2),
        integration="default",
        operation="get_messages",
        conversation_id="7",
        status=200,
        duration=30,
    )
    FinCall.objects.create(
        at=ago(minutes=1),
        operation="create_message",
        conversation_id="7",
        status=422,
        duration=3,
        detail="Neither body nor attachments.",
    )
    ConversationState.objects.create(
        integration="default", conversation_id="7", holder="fin", posted_at=ago(minutes=3)
    )
    page = get(olga, f"{LIST}{event.pk}/change/")
    text = text_of(page[page.index("fin-timeline") :])
    order = [
        "from Fin create_message 422",
        "Neither body nor attachments.",
        "from Fin get_messages 200 OK took 30 ms",
        "to Fin support.Reply 12 created failed",
        "to Fin sync sent pulled 2.0 s after the change",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "of another conversation" not in text
    assert "In charge Fin" in text
    assert "Last sent 11:57:00" in text
    assert "Last pulled by Fin -" in text
    assert page.count('aria-current="true"') >= 1
    assert f'href="{LIST}?conversation_id__exact=7"' in page
