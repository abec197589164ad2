from __future__ import annotations

from datetime import timedelta

import pytest

from fin_bridge.models import ConversationState
from tests.support.delivery_log import LIST, NOON, ago, get, operator, rows

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


def test_the_states_of_conversations() -> None:
    client = operator("view_conversationstate")
    state = ConversationState.objects.create(
        integration="default",
        conversation_id="7",
        posted_at=ago(minutes=3),
        not_before=NOON + timedelta(hours=2),
        known_at=ago(days=1),
        pulled_at=ago(minutes=2),
        handed_over_at=ago(minutes=1),
        customer_read_at=ago(minutes=1),
        holder="people",
    )
    ConversationState.objects.create(
        integration="default", conversation_id="8", not_before=ago(hours=2)
    )
    address = "/admin/fin_bridge/conversationstate/"
    [second, first] = rows(get(client, address))
    assert "people" in first
    assert "people" not in second
    assert len(rows(get(client, f"{address}?q=7"))) == 1
    page = get(client, f"{address}{state.pk}/change/")
    assert "in 2 h" in page
    other = ConversationState.objects.get(conversation_id="8")
    assert "in 2 h" not in get(client, f"{address}{other.pk}/change/")
    assert f'href="{LIST}?conversation_id__exact=7"' in page
    assert 'href="/admin/helpdesk_demo/ticket/7/change/"' in page
