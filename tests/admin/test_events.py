"""The delivery log: did Fin get it, and if not, why? Clicked through as an operator would."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from django.utils import timezone

from fin_bridge.admin import actions, formatting, history, read_only
from fin_bridge.models import Attempt, ConversationState, Event, FinCall, IntegrationState
from fin_bridge.operating import deliveries
from helpdesk_demo.models import Ticket
from tests.support.world import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [path("admin/", admin.site.urls)]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIST = "/admin/fin_bridge/event/"
PERMISSIONS = ["view_event", "resend_event", "cancel_event"]


@pytest.fixture(autouse=True)
def _clock(stopped_clock: Clock) -> None:
    stopped_clock.set(NOON)


def operator(*permissions: str) -> Client:
    user = User.objects.create_user("olga", password="demo", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def olga() -> Client:
    return operator(*PERMISSIONS)


def ago(**parts: float) -> datetime:
    return NOON - timedelta(**parts)


def make_event(conversation_id: str = "7", **values: Any) -> Event:
    given = {
        "integration": "default",
        "state": Event.State.FAILED,
        "created_at": ago(minutes=5),
        "due_at": ago(minutes=5),
        **values,
    }
    event: Event = Event.objects.create(conversation_id=conversation_id, **given)
    return event


def make_attempt(event: Event, **values: Any) -> Attempt:
    given = {
        "integration": event.integration,
        "conversation_id": event.conversation_id,
        "started_at": ago(minutes=4),
        "duration": 120,
        "outcome": "sent",
        "status": 204,
        "url": "https://fin.example.com/hook",
        "request_body": f'{{"conversation_id": "{event.conversation_id}"}}',
        **values,
    }
    attempt: Attempt = Attempt.objects.create(event=event, **given)
    return attempt


def text_of(page: str) -> str:
    """What a reader sees: no tags, single spaces."""
    page = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def get(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def rows(page: str) -> list[str]:
    [table] = re.findall(r'<table id="result_list">(.*?)</table>', page, flags=re.DOTALL)
    return [text_of(row) for row in table.split("<tr>")[2:]]


def said(client: Client, response: Any) -> str:
    """The message on the page that a POST leads to."""
    assert response.status_code == 302
    page = client.get(response.url).content.decode()
    found = re.findall(r'<ul class="messagelist">(.*?)</ul>', page, flags=re.DOTALL)
    return text_of(found[0]).strip() if found else ""


def act(client: Client, action: str, *events: Event, address: str = LIST, **more: str) -> Any:
    chosen = [str(event.pk) for event in events]
    data = {"action": action, "_selected_action": chosen, "index": "0", **more}
    return client.post(address, data)


def resends() -> list[Event]:
    return list(Event.objects.filter(resend_of__isnull=False))


# The list


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


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=abc", ["abc"]),
        ("q=%20abc%20", ["abc"]),
        ("q=ab", []),
        ("q=ABC", []),
        ("q=", ["abc", "d"]),
        ("q=%20", ["abc", "d"]),
        ("conversation_id__exact=abc", ["abc"]),
        ("q=" + "9" * 5000, []),
        ("q=%D9%A1", []),
        ("state__exact=failed", ["abc"]),
        ("kind__exact=typing", ["d"]),
        ("integration=default", ["abc"]),
        ("integration=another", ["d"]),
        ("day=today", ["abc"]),
        ("day=yesterday", ["d"]),
        ("day=week", ["abc", "d"]),
        ("day=2026-11-21", ["d"]),
        ("day=2026-11-20", []),
    ],
)
def test_filters_and_search(olga: Client, query: str, found: list[str]) -> None:
    make_event("abc", created_at=NOON.replace(hour=0))
    make_event(
        "d",
        state="sent",
        kind="typing",
        integration="another",
        created_at=NOON.replace(hour=0) - timedelta(microseconds=1),
    )
    page = get(olga, f"{LIST}?{query}")
    listed = re.findall(r'field-of_conversation">(.*?)</td>', page)
    assert sorted(listed) == found


def test_search_by_the_id_of_an_event(olga: Client) -> None:
    event = make_event("abc")
    make_event("d")
    assert len(rows(get(olga, f"{LIST}?q={event.pk}"))) == 1


@pytest.mark.parametrize("day", ["soon", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none(olga: Client, day: str) -> None:
    response = olga.get(f"{LIST}?day={day}")
    assert (response.status_code, response.headers["Location"]) == (302, f"{LIST}?e=1")


def test_days_begin_at_midnight_of_the_current_time_zone(olga: Client) -> None:
    make_event("abc", created_at=datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    with timezone.override("Europe/Berlin"):
        assert len(rows(get(olga, f"{LIST}?day=2026-11-22"))) == 1
        assert "00:30:00" in get(olga, f"{LIST}?day=today")


def test_a_picked_day_is_shown_in_the_filter_and_keeps_the_others(olga: Client) -> None:
    make_event(created_at=ago(days=1))
    page = get(olga, f"{LIST}?day=2026-11-21&state__exact=failed")
    assert '<input type="date" name="day" value="2026-11-21"' in page
    assert '<input type="hidden" name="state__exact" value="failed">' in page
    assert 'name="day" value=""' in get(olga, f"{LIST}?day=today")


def test_one_can_page_through_the_newest_only(
    olga: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = "Only the newest 60 are listed"
    monkeypatch.setattr(read_only.NewestPaginator, "most", 60)
    for number in range(59):
        make_event(str(number))
    page = get(olga, LIST)
    assert note not in page
    assert "59 events" in page
    make_event("last")
    make_event("very last")
    page = get(olga, f"{LIST}?p=2")
    assert note in page
    assert len(rows(page)) == 10


# Who may do what


def test_nothing_is_added_changed_or_deleted(olga: Client, admin_client: Client) -> None:
    event = make_event()
    for client in (olga, admin_client):
        assert client.get(f"{LIST}add/").status_code == 403
        assert client.get(f"{LIST}{event.pk}/delete/").status_code == 403
        assert client.post(f"{LIST}{event.pk}/change/", {"cause": "x"}).status_code == 403
        assert "_save" not in get(client, f"{LIST}{event.pk}/change/")


def test_without_the_permission_to_look_there_is_nothing_to_see() -> None:
    client = operator("resend_event")
    event = make_event()
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{event.pk}/change/").status_code == 403


def test_each_operation_wants_its_own_permission() -> None:
    client = operator("view_event")
    event = make_event(state=Event.State.WAITING)
    page = get(client, LIST) + get(client, f"{LIST}{event.pk}/change/")
    for name, action in (("send-again", "send_again"), ("cancel", "cancel")):
        assert f'value="{action}"' not in page
        assert f"/{name}/" not in page
        assert client.post(f"{LIST}{event.pk}/{name}/").status_code == 403
        act(client, action, event)
    event.refresh_from_db()
    assert event.state == "waiting"
    assert resends() == []


def test_the_buttons_only_take_posts(olga: Client) -> None:
    event = make_event()
    for name in ("send-again", "cancel"):
        assert olga.get(f"{LIST}{event.pk}/{name}/").status_code == 405
        assert olga.post(f"{LIST}4711/{name}/").status_code == 404


# Send again


def test_send_again(olga: Client) -> None:
    events = [make_event("7"), make_event("7"), make_event("8")]
    typing = make_event("8", kind="typing")
    response = act(olga, "send_again", *events, typing)
    assert said(olga, response) == (
        "3 events of 2 conversations: 2 sent again. "
        "1 typing notice was left out: it would be late."
    )
    assert {(event.conversation_id, event.cause) for event in resends()} == {
        ("7", "sent again by olga"),
        ("8", "sent again by olga"),
    }


def test_many_are_asked_about_first(olga: Client) -> None:
    events = [make_event(str(number % 3)) for number in range(actions.MANY + 1)]
    address = f"{LIST}?state__exact=failed"
    page = act(olga, "send_again", *events, address=address)
    assert page.status_code == 200
    assert "Send 11 events of 3 conversations again?" in page.content.decode()
    assert resends() == []
    response = olga.post(address, _fields(page.content.decode()))
    assert said(olga, response) == "11 events of 3 conversations: 3 sent again."


def test_all_that_match_a_filter_are_sent_again(olga: Client) -> None:
    for number in range(60):
        make_event(str(number), state="failed" if number % 2 else "sent")
    shown = Event.objects.filter(state="failed")[:3]
    address = f"{LIST}?state__exact=failed"
    page = act(olga, "send_again", *shown, address=address, select_across="1")
    assert "Send 30 events of 30 conversations again?" in page.content.decode()
    olga.post(address, _fields(page.content.decode()))
    assert len(resends()) == 30


def _fields(page: str) -> dict[str, Any]:
    """What the form of the question posts."""
    form = page[page.index('<form method="post">') :]
    fields: dict[str, Any] = {"confirmed": "yes"}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="(.*?)"', form):
        fields.setdefault(name, []).append(value)
    return fields


def test_the_button_leads_to_the_new_event(olga: Client) -> None:
    event = make_event("7")
    assert "/send-again/" in get(olga, f"{LIST}{event.pk}/change/")
    response = olga.post(f"{LIST}{event.pk}/send-again/")
    [new] = resends()
    assert response.headers["Location"] == f"{LIST}{new.pk}/change/"
    assert said(olga, response) == f"This event was sent again from event {event.pk} ."
    old, fresh = (text_of(get(olga, f"{LIST}{pk}/change/")) for pk in (event.pk, new.pk))
    assert f"Sent again as event {new.pk}" in old
    assert f"Sent again from event {event.pk}" in fresh


def test_there_is_no_button_for_typing(olga: Client) -> None:
    event = make_event(kind="typing", state="sent")
    assert "/send-again/" not in get(olga, f"{LIST}{event.pk}/change/")
    assert olga.post(f"{LIST}{event.pk}/send-again/").status_code == 404


# Cancel


def test_cancel(olga: Client) -> None:
    events = [make_event(state=state) for state in ("waiting", "waiting", "sent", "sending")]
    response = act(olga, "cancel", *events)
    message = said(olga, response)
    assert message.startswith(
        "2 events were cancelled. Events that no longer wait were left alone: "
    )
    assert "1 sent" in message
    assert "1 sending" in message
    states = list(Event.objects.order_by("pk").values_list("state", "detail"))
    assert states[:2] == [("cancelled", "cancelled by olga")] * 2
    assert states[2:] == [("sent", ""), ("sending", "")]


def test_a_worker_that_is_faster_is_told_of(olga: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_event(state="waiting")
    monkeypatch.setattr(deliveries, "cancel", lambda events, by: 0)
    message = said(olga, act(olga, "cancel", event))
    assert (
        message
        == "0 events were cancelled. Events that no longer wait were left alone: 1 sending."
    )


def test_many_are_asked_about_before_they_are_cancelled(olga: Client) -> None:
    events = [make_event(state="waiting") for _ in range(actions.MANY + 1)]
    page = act(olga, "cancel", *events).content.decode()
    assert "Cancel 11 waiting events?" in page
    assert Event.objects.filter(state="waiting").count() == 11
    assert said(olga, olga.post(LIST, _fields(page))) == "11 events were cancelled."


def test_the_button_cancels(olga: Client) -> None:
    event = make_event(state="waiting")
    assert "/cancel/" in get(olga, f"{LIST}{event.pk}/change/")
    response = olga.post(f"{LIST}{event.pk}/cancel/")
    assert said(olga, response) == "1 event was cancelled."
    page = get(olga, f"{LIST}{event.pk}/change/")
    assert "Fin did not get it: cancelled by olga." in page
    assert "/cancel/" not in page


# The page of one event


def verdict(client: Client, event: Event) -> str:
    page = get(client, f"{LIST}{event.pk}/change/")
    [found] = re.findall(r'<p class="fin-verdict">(.*?)</p>', page, flags=re.DOTALL)
    return text_of(found).strip()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"state": "sent", "created_at": ago(seconds=9), "settled_at": ago(seconds=8.4)},
            (
                "sent Fin accepted it 600 ms after the change."
                " It has not pulled the conversation since."
            ),
        ),
        (
            {
                "state": "sent",
                "created_at": ago(seconds=9),
                "settled_at": ago(seconds=8),
                "pulled_at": ago(seconds=7),
            },
            (
                "sent Fin accepted it 1.0 s after the change."
                " It pulled the conversation 2.0 s after the change."
            ),
        ),
        (
            {"kind": "typing", "state": "sent", "settled_at": ago(minutes=5)},
            "sent Fin accepted it 0 ms after the change.",
        ),
        ({"state": "sending"}, "sending It is being sent to Fin right now."),
        (
            {"state": "failed", "detail": "Fin answered 400."},
            "failed Fin did not get it: Fin answered 400.",
        ),
        ({"state": "cancelled"}, "cancelled Fin did not get it: no reason was noted."),
        (
            {"state": "waiting"},
            "waiting Fin has not got it yet. It is due: the next worker sends it.",
        ),
        (
            {"state": "waiting", "due_at": NOON + timedelta(seconds=90)},
            "waiting Fin has not got it yet. It is due in 1 min.",
        ),
        (
            {"state": "waiting", "attempts": 3, "detail": "No answer: dns"},
            (
                "waiting Fin has not got it yet. The last of 3 tries ended with: No answer: dns."
                " It is due: the next worker sends it."
            ),
        ),
    ],
)
def test_what_became_of_it_in_a_sentence(
    olga: Client, values: dict[str, Any], sentence: str
) -> None:
    assert verdict(olga, make_event(**values)) == sentence


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"paused_at": NOON}, "The integration default is paused."),
        ({"blocked": "unauthorized"}, "The integration default only sends probes: unauthorized."),
        (
            {"gate_until": NOON + timedelta(seconds=30)},
            "Fin has asked to wait: the integration goes on in 30 s.",
        ),
        ({"gate_until": NOON}, "It is due: the next worker sends it."),
    ],
)
def test_an_integration_that_does_not_send_is_the_reason(
    olga: Client, values: dict[str, Any], sentence: str
) -> None:
    IntegrationState.objects.create(integration="default", **values)
    said_first = "waiting Fin has not got it yet. "
    assert verdict(olga, make_event(state="waiting")) == said_first + sentence


def test_the_answer_to_the_last_try_is_in_the_sentence(olga: Client) -> None:
    event = make_event(state="waiting", attempts=1)
    make_attempt(event, status=None, outcome="timeout")
    assert "The last of 1 tries ended with: timeout." in verdict(olga, event)


@pytest.mark.parametrize("length", [history.LENGTH, 1])
def test_a_merged_event_names_the_one_that_was_sent(
    olga: Client, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(history, "LENGTH", length)  # also where more happened than is shown
    claim = uuid4()
    merged = make_event("7", state="merged", claim=claim, settled_at=ago(minutes=3))
    lead = make_event("7", state="sent", claim=claim, settled_at=ago(minutes=3))
    make_event("8", state="sent", claim=claim)  # claimed beside it, of another conversation
    assert f"Fin was told of it together with event {lead.pk}." in verdict(olga, merged)
    page = get(olga, f"{LIST}{merged.pk}/change/")
    assert f"Merged into event {lead.pk}" in text_of(page)
    Event.objects.filter(pk=lead.pk).delete()
    assert "Fin was told of it together with event." in verdict(olga, merged)
    unclaimed = make_event(state="merged")
    assert "together with event." in verdict(olga, unclaimed)


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


# Integrations, conversations, calls

STATES = "/admin/fin_bridge/integrationstate/"


@pytest.mark.parametrize(
    ("values", "health"),
    [
        ({}, "well Changes are sent as they come."),
        ({"paused_at": NOON}, "paused An operator paused it; changes are kept."),
        (
            {"blocked": "unauthorized", "probe_at": NOON + timedelta(seconds=60)},
            "blocked Only probes are sent: unauthorized. The next goes in 1 min.",
        ),
        (
            {"blocked": "unavailable"},
            "blocked Only probes are sent: unavailable. The next goes now.",
        ),
        (
            {"gate_until": NOON + timedelta(seconds=30)},
            "waiting Fin asked to wait; it goes on in 30 s.",
        ),
        ({"gate_until": NOON}, "well Changes are sent as they come."),
        (
            {"recovering": True},
            "recovering Changes of an outage are sent at a limited rate.",
        ),
        (
            {"swept_at": None},
            "asleep No worker has looked for due events yet: is one running?",
        ),
        (
            {"swept_at": ago(hours=2)},
            "asleep No worker has looked for due events for 2 h: is one running?",
        ),
    ],
)
def test_the_health_of_an_integration(values: dict[str, Any], health: str) -> None:
    client = operator("view_integrationstate")
    state = IntegrationState.objects.create(
        integration="default", **{"swept_at": ago(seconds=8), **values}
    )
    assert health in rows(get(client, STATES))[0]
    assert health in text_of(get(client, f"{STATES}{state.pk}/change/"))


def test_pause_and_resume(
    hints: list[float], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    client = operator("view_integrationstate", "pause_integration")
    state = IntegrationState.objects.create(integration="default")
    page = f"{STATES}{state.pk}/"
    assert "/pause/" in get(client, f"{page}change/")
    response = client.post(f"{page}pause/")
    assert said(client, response) == "Paused: default. Changes are kept until it is resumed."
    assert "/pause/" not in get(client, f"{page}change/")
    assert said(client, client.post(f"{page}pause/")) == "Paused already."
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"{page}resume/")
    assert said(client, response) == "Resumed: default."
    assert len(hints) == 1
    state.refresh_from_db()
    assert state.paused_at is None
    assert "Resumed: default." in get(client, f"{page}history/")


def test_pause_and_resume_from_the_list() -> None:
    client = operator("view_integrationstate", "pause_integration")
    states = [IntegrationState.objects.create(integration=name) for name in ("a", "b")]
    chosen = {"_selected_action": [str(state.pk) for state in states], "index": "0"}
    response = client.post(STATES, {"action": "pause", **chosen})
    assert "Paused: a, b." in said(client, response)
    assert IntegrationState.objects.filter(paused_at=NOON).count() == 2
    client.post(STATES, {"action": "resume", **chosen})
    assert IntegrationState.objects.filter(paused_at=None).count() == 2


def test_pausing_wants_its_permission_and_a_post() -> None:
    client = operator("view_integrationstate")
    state = IntegrationState.objects.create(integration="default")
    assert client.post(f"{STATES}{state.pk}/pause/").status_code == 403
    assert client.get(f"{STATES}{state.pk}/pause/").status_code == 405
    assert "/pause/" not in get(client, f"{STATES}{state.pk}/change/")


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


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["create_message", "get_user"]),
        ("answer=refused", ["create_message"]),
        ("answer=answered", ["get_user"]),
        ("day=today", ["create_message"]),
        ("day=2026-11-20", ["get_user"]),
        ("q=7", ["create_message"]),
        ("integration=default", ["create_message"]),
    ],
)
def test_the_calls_of_fin(query: str, found: list[str]) -> None:
    client = operator("view_fincall")
    call = {"at": NOON, "integration": "default", "conversation_id": "7", "duration": 3}
    FinCall.objects.create(
        **call, operation="create_message", status=422, detail="Neither body nor attachments."
    )
    FinCall.objects.create(at=ago(days=2), operation="get_user", status=200, duration=3)
    page = get(client, f"/admin/fin_bridge/fincall/?{query}")
    assert sorted(re.findall(r'field-operation">(\w+)<', page)) == found
    if "create_message" in found:
        assert "422" in page
        assert "Neither body nor attachments." in page


@pytest.mark.parametrize("model", [Event, IntegrationState, ConversationState, FinCall])
def test_all_pages_open_for_a_superuser_while_empty(admin_client: Client, model: Any) -> None:
    address = reverse(f"admin:fin_bridge_{model._meta.model_name}_changelist")
    assert f"0 {model._meta.verbose_name_plural}" in get(admin_client, address).replace(
        "&#x27;", "'"
    )


# Words


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
