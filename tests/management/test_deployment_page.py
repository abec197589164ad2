from __future__ import annotations

from typing import Any

import pytest
import requests
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.core.management import CommandError
from oauth2_provider.models import get_application_model
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from fin_bridge.models import IntegrationState
from tests.support.fin_setup import BASE, set_up, set_up_as_json

pytestmark = pytest.mark.django_db

Application = get_application_model()


def change(settings: Settings, **options: Any) -> None:
    before = settings.FIN_BRIDGE_INTEGRATIONS["default"]
    merged = {**before, **options}
    settings.FIN_BRIDGE_INTEGRATIONS = {
        "default": {name: value for name, value in merged.items() if value is not None}
    }


def test_the_rest_dialect_has_methods_and_fewer_addresses() -> None:
    said = set_up("--dialect", "rest")
    assert f"Update an end user     {BASE}/user  (PUT)\n" in said
    assert f"Load messages          {BASE}/messages  (GET)\n" in said


def test_the_client_is_made_once_and_its_secret_shown_once() -> None:
    first = set_up_as_json()
    secret = first["client_secret"]
    assert first["client_id"] == "fin-client"  # as the settings have it
    client = Application.objects.get()
    assert secret not in client.client_secret
    assert check_password(secret, client.client_secret)
    assert (client.client_type, client.authorization_grant_type) == (
        "confidential",
        "client-credentials",
    )
    assert set_up_as_json()["client_secret"] is None
    assert "as shown when it was made" in set_up()
    again = set_up_as_json("--new-secret")
    assert again["client_secret"] not in {None, secret}
    assert not check_password(secret, Application.objects.get().client_secret)


def test_on_a_fresh_install_it_says_what_to_set(settings: Settings) -> None:
    settings.FIN_BRIDGE_INTEGRATIONS = {}
    settings.FIN_BRIDGE_PUBLIC_URL = ""
    said = set_up()
    client = Application.objects.get()
    place = "FIN_BRIDGE_INTEGRATIONS['default']"
    assert f"{place}['CLIENT_IDS'] = ['{client.client_id}']" in said
    for option in ("ID", "WEBHOOK_KEYS", "SIGNING_KEYS", "REGION"):
        assert f"{place}['{option}']: " in said
    assert "FIN_BRIDGE_PUBLIC_URL: the https address" in said
    assert "- (the page shows it to you)" in said
    assert set_up_as_json()["client_id"] == client.client_id
    settings.FIN_BRIDGE_INTEGRATIONS = {"default": {"CLIENT_IDS": [client.client_id]}}
    assert "CLIENT_IDS" not in set_up()
    assert Application.objects.count() == 1


def test_each_integration_has_a_client_of_its_own(settings: Settings) -> None:
    change(settings, CLIENT_IDS=None)
    one = settings.FIN_BRIDGE_INTEGRATIONS["default"]
    settings.FIN_BRIDGE_INTEGRATIONS = {"default": one, "other": {**one, "ID": "other"}}
    ids = {set_up_as_json("--integration", name)["client_id"] for name in ("default", "other")}
    assert len(ids) == Application.objects.count() == 2
    with pytest.raises(CommandError, match="no integration 'third'"):
        set_up("--integration", "third")


def test_an_agent_is_chosen(settings: Settings, sarah: User) -> None:
    assert "learned from Fin's first message" in set_up()
    assert set_up_as_json("--agent", str(sarah.pk))["agent_id"] == str(sarah.pk)
    assert IntegrationState.objects.get().agent_id == str(sarah.pk)
    with pytest.raises(CommandError, match=rf"no agent '4711'.*: {sarah.pk} \(Sarah Lee\)"):
        set_up("--agent", "4711")
    change(settings, AGENT_ID="12")
    with pytest.raises(CommandError, match="names another agent: 12"):
        set_up("--agent", str(sarah.pk))


def test_without_oauth_it_says_what_to_do(settings: Settings) -> None:
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "oauth2_provider"]
    with pytest.raises(CommandError, match="Install the extra oauth"):
        set_up()


def test_without_fins_addresses_nothing_is_made(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.support.delivery_log"
    with pytest.raises(CommandError, match="Mount Fin's addresses"):
        set_up()
    assert not Application.objects.exists()


def test_the_secret_that_it_shows_opens_the_door(
    transactional_db: None, live_server: LiveServer
) -> None:
    given = set_up_as_json()
    answer = requests.post(
        f"{live_server.url}/api/fin/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(given["client_id"], given["client_secret"]),
        timeout=10,
    )
    assert answer.json()["token_type"] == "Bearer"
