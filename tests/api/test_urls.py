"""The addresses, with and without the toolkit that gives out tokens."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from django.urls import resolve, reverse
from pytest_django import Settings

from fin_bridge.api import urls


@pytest.fixture
def reloaded() -> Iterator[None]:
    """The addresses as the settings are meanwhile; afterwards as they were."""
    yield
    importlib.reload(urls)


def test_the_addresses_have_names() -> None:
    assert reverse("fin_bridge:attachment", args=["token", "a b.png"]).endswith("/token/a%20b.png")
    assert resolve("/api/fin/oauth/token/").url_name == "token"
    assert resolve("/api/fin/get_user").url_name == "get_user"


def test_without_the_toolkit_there_is_no_token_endpoint(
    settings: Settings, reloaded: None
) -> None:
    names = {pattern.name for pattern in urls.urlpatterns}
    installed = [app for app in settings.INSTALLED_APPS if app != "oauth2_provider"]
    settings.INSTALLED_APPS = installed
    try:
        importlib.reload(urls)
        assert {pattern.name for pattern in urls.urlpatterns} == names - {"token"}
    finally:
        settings.INSTALLED_APPS = [*installed, "oauth2_provider"]
