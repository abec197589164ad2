"""The contract, and that 10,000 messages cost no more queries than ten."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from fin_bridge.database import clock
from fin_bridge.helpdesk import current
from fin_bridge.helpdesk.reading.timeline import Timeline
from fin_bridge.models import ConversationState, Event
from fin_bridge.testing import HelpdeskContract


class Hosted(HelpdeskContract):
    """The base of the hosts' suites."""

    def test_ten_thousand_messages_cost_no_more_queries(self) -> None:
        conversation, conversation_id = self.a_conversation()
        message = self.make_message(conversation, self.make_agent(), "Hello")
        costs = []
        for number in (9, 9_990):
            model = type(message)
            fields = [field for field in model._meta.concrete_fields if not field.primary_key]
            values = {field.attname: getattr(message, field.attname) for field in fields}
            model._base_manager.bulk_create([model(**values) for _ in range(number)], 500)
            found = self.desk.conversations.get(conversation_id)
            with CaptureQueriesContext(connection) as queries:
                read = sum(1 for _ in Timeline(self.desk, found))
            costs.append(len(queries))
        assert read == 10_000
        assert costs[0] == costs[1]


def heard() -> list[str]:
    """The ids of the conversations that changed, and forget them."""
    ids = list(Event.objects.order_by("pk").values_list("conversation_id", flat=True))
    Event.objects.all().delete()
    return ids


def known(conversation: Any) -> str:
    """Have Fin know a conversation; its id."""
    conversation_id = current().conversations.id_of(conversation)
    ConversationState.objects.create(
        integration="default", conversation_id=conversation_id, known_at=clock.now("default")
    )
    return conversation_id
