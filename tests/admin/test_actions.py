from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from fin_bridge.admin import actions
from fin_bridge.models import Event
from fin_bridge.operating import deliveries
from tests.support.delivery_log import LIST, get, make_event, operator, said, text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


def act(client: Client, action: str, *events: Event, address: str = LIST, **more: str) -> Any:
    chosen = [str(event.pk) for event in events]
    data = {"action": action, "_selected_action": chosen, "index": "0", **more}
    return client.post(address, data)


def resends() -> list[Event]:
    return list(Event.objects.filter(resend_of__isnull=False))


def _fields(page: str) -> dict[str, Any]:
    """What the form of the question posts."""
    form = page[page.index('<form method="post">') :]
    fields: dict[str, Any] = {"confirmed": "yes"}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="(.*?)"', form):
        fields.setdefault(name, []).append(value)
    return fields


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
