from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings as SettingsWrapper

from tests.support.checked import (
    DIGEST,
    Integration,
    assert_found,
    ids,
)


def test_a_cache_of_one_process(settings: SettingsWrapper) -> None:
    assert_found("W007", "TYPING_CACHE", "local", settings)


def test_what_surrounds_the_app(settings: SettingsWrapper) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.OAUTH2_PROVIDER = {}
    assert sorted(ids()) == ["W006", "W008"]


def test_clients_want_django_oauth_toolkit(settings: SettingsWrapper) -> None:
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "oauth2_provider"]
    assert ids() == ["E082"]
    settings.FIN_BRIDGE_INTEGRATIONS = Integration(CLIENT_IDS=..., TOKENS=[DIGEST]).value
    assert ids() == []


def test_an_unknown_kind_of_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "oracle")
    assert ids() == ["E081"]


class _Elsewhere:
    """A router that parts the events from what they tell of."""

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "other" if model._meta.app_label == "helpdesk_demo" else None


def test_events_in_another_database(settings: SettingsWrapper) -> None:
    settings.DATABASE_ROUTERS = [f"{__name__}.{_Elsewhere.__name__}"]
    assert ids() == ["E080"]
