from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from fin_bridge.admin import history
from fin_bridge.models import Event, IntegrationState
from tests.support.delivery_log import (
    LIST,
    NOON,
    STATES,
    ago,
    get,
    make_attempt,
    make_event,
    operator,
    rows,
    text_of,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


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


def test_who_answered_in_fins_place_is_in_the_sentence(olga: Client) -> None:
    detail = "Something in front of Fin answered 403; Fin itself never does."
    event = make_event(state="waiting", attempts=1, detail=detail)
    make_attempt(event, status=403, outcome="unavailable")
    assert f"The last of 1 tries ended with: {detail} It is due" in verdict(olga, event)


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
