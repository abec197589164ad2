from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fin_bridge.models import IntegrationState
from tests.support.delivery_log import NOON, STATES, get, operator, said

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


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
