"""The delivery log: did Fin get it, and if not, why? Clicked through as an operator would."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fin_bridge.models import Event
from tests.support.delivery_log import LIST, NOON, ago, get, make_attempt, make_event, rows

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


def test_the_list_says_what_became_of_each(olga: Client) -> None:
    make_event("7", cause="support.Reply 12 created", detail="Fin answered 400.", attempts=2)
    failed = make_event(
        "8", settled_at=ago(minutes=3), attempts=1, cause="support.Ticket 8 changed"
    )
    make_attempt(failed, status=503, outcome="unavailable", duration=1400)
    sent = make_event(
        "9",
        state=Event.State.SENT,
        settled_at=ago(minutes=3),
        pulled_at=ago(minutes=2),
        created_at=ago(days=3),
    )
    make_attempt(sent)
    make_event("10", state=Event.State.WAITING, due_at=NOON + timedelta(minutes=4, seconds=9))
    [waiting, sent_row, failed_row, first] = rows(get(olga, LIST))
    assert "waiting" in waiting
    assert "due in 4 min" in waiting
    for part in ("sent", "204", "120 ms", "19 Nov, 12:00", "+2 d"):
        assert part in sent_row
    for part in ("failed", "support.Ticket 8 changed", "503 Service Unavailable", "1.4 s"):
        assert part in failed_row
    assert "in " not in first.replace("in 4", "")
    assert "support.Reply 12 created" in first


def test_the_list_takes_as_many_statements_for_fifty_as_for_one(olga: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            get(olga, LIST)
        return len(queries)

    make_attempt(make_event("0"))
    for_one = count()
    for number in range(1, 60):
        make_attempt(make_event(str(number)))
    assert count() == for_one <= 10


def test_search_by_the_id_of_an_event(olga: Client) -> None:
    event = make_event("abc")
    make_event("d")
    assert len(rows(get(olga, f"{LIST}?q={event.pk}"))) == 1
