from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client

from fin_bridge.admin import formatting
from helpdesk_demo.models import Ticket
from tests.support.delivery_log import LIST, get, make_event

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


def test_a_state_is_a_word_and_a_colour(olga: Client) -> None:
    make_event()
    assert '<span class="fin-word fin-failed">failed</span>' in get(olga, LIST)


def test_the_conversation_is_a_link_into_the_helpdesks_admin(olga: Client) -> None:
    make_event("7")
    make_event("no key of theirs")
    page = get(olga, LIST)
    assert '<a href="/admin/helpdesk_demo/ticket/7/change/">7</a>' in page
    assert '<td class="field-of_conversation">no key of theirs</td>' in page


def test_without_a_page_of_the_helpdesk_the_id_stands_alone() -> None:
    assert formatting.conversation("7", admin.AdminSite()) == "7"
    site = admin.AdminSite(name="elsewhere")
    site.register(Ticket)
    with pytest.raises(Exception, match="elsewhere"):  # it asks for a page of that very site
        formatting.conversation("7", site)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(milliseconds=120), "120 ms"),
        (timedelta(seconds=1.44), "1.4 s"),
        (timedelta(seconds=32.4), "32 s"),
        (timedelta(seconds=260), "4 min"),
        (timedelta(hours=3.9), "3 h"),
        (timedelta(days=2.5), "2 d"),
    ],
)
def test_durations(length: timedelta, said: str) -> None:
    assert formatting.duration(length) == said
