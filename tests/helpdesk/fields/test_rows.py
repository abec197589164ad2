"""Rows in other tables: tags, and relations by two names."""

from __future__ import annotations

import pytest

from fin_bridge import helpdesk as fin
from fin_bridge.helpdesk import Helpdesk, current
from fin_bridge.models import Event
from helpdesk_demo.models import (
    Label,
    Ticket,
)
from tests.helpdesk.conftest import CONTEXT

pytestmark = pytest.mark.django_db


def test_tags_replace_and_are_made_where_missing(desk: Helpdesk, ticket: Ticket) -> None:
    Label.objects.create(name="old")
    desk.conversations.put(ticket, {"tags": ["old", "new", "new"]}, CONTEXT)
    assert sorted(ticket.labels.values_list("name", flat=True)) == ["new", "old"]
    desk.conversations.put(ticket, {"tags": []}, CONTEXT)
    assert not ticket.labels.exists()
    assert not Event.objects.exists()


def test_a_relation_without_a_name_of_its_own_has_two() -> None:
    for name in ("logentry_set", "logentry"):
        rows = fin.Many(name, "object_repr").bind(current().agents, "tags")
        assert list(rows.problems()) == []
        assert rows.relation.related_model._meta.label == "admin.LogEntry"
        [fetch] = rows.prefetches()
        assert fetch.prefetch_through == "logentry_set"
