from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fin_bridge.models import Event
from tests.support.delivery_log import LIST, ago, get, make_attempt, make_event, text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


def test_each_attempt_shows_what_was_sent_and_what_came_back(olga: Client) -> None:
    event = make_event("7", attempts=2)
    make_attempt(
        event,
        status=400,
        outcome="rejected",
        answer="<b>bad</b>",
        request_headers={
            "X-Webhook-Key": "a key that should not be here",
            "Authorization": "Bearer of bad news",
            "X-Webhook-Timestamp": "1795348800",
            "X-Number": 7,
        },
    )
    make_attempt(event, status=799, outcome="rejected", started_at=ago(minutes=3))
    make_attempt(event, status=None, outcome="lost", url="", started_at=ago(minutes=2))
    page = get(olga, f"{LIST}{event.pk}/change/")
    text = text_of(page)
    assert "POST https://fin.example.com/hook" in page
    assert "X-Webhook-Timestamp: 1795348800" in page
    assert "X-Number: 7" in page
    assert "X-Webhook-Key: •••" in page
    assert "should not be here" not in page
    assert "bad news" not in page
    assert "&lt;b&gt;bad&lt;/b&gt;" in page
    assert "{&quot;conversation_id&quot;: &quot;7&quot;}" in page
    assert "took 120 ms" in page
    assert "400 Bad Request" in page
    assert " 799 " in text
    assert "It is not known whether anything was sent." in page


@pytest.mark.parametrize("state", ["failed", "waiting"])
def test_the_page_of_an_event_takes_ten_statements(olga: Client, state: str) -> None:
    event = make_event("7", state=state)
    for _ in range(30):
        make_attempt(make_event("7", resend_of=event))
    ContentType.objects.get_for_model(Event)  # kept by Django from the first page on
    with CaptureQueriesContext(connection) as queries:
        get(olga, f"{LIST}{event.pk}/change/")
    assert len(queries) <= 10, [query["sql"][:120] for query in queries]


def test_an_event_whose_original_is_gone_says_nothing_of_it(olga: Client) -> None:
    """Whoever deletes past the ORM leaves a link to nowhere."""
    old = make_event("7")
    new = make_event("7", resend_of=old)
    Event.objects.filter(pk=old.pk)._raw_delete("default")
    assert "Sent again from" not in get(olga, f"{LIST}{new.pk}/change/")


def test_an_event_that_is_gone(olga: Client) -> None:
    assert olga.get(f"{LIST}4711/change/").status_code == 302
