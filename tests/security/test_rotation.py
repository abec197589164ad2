"""Each secret is changed as SECURITY.md says, with requests under way: none is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
import requests
from django.core.files.base import ContentFile
from django.test import Client
from oauth2_provider.models import Application
from pytest_django import Settings

from fin_bridge.api.trust import oauth
from fin_bridge.api.trust.client_secrets import SecretCheck
from fin_bridge.helpdesk import current
from fin_bridge.helpdesk.reading.timeline import Timeline
from helpdesk_demo.models import Reply, ReplyFile, Ticket
from tests.support.fin_caller import SIGNING_KEY, TOKEN, Caller, let_in

pytestmark = pytest.mark.django_db(transaction=True)

SECURITY = (Path(__file__).parents[2] / "SECURITY.md").read_text()


def is_let_in(caller: Caller, token: str = TOKEN, key: str = SIGNING_KEY) -> bool:
    caller.token, caller.signing_key = token, key
    return caller.call("get_agents").status == 200


def test_a_signing_key(rest: Caller, settings: Settings) -> None:
    let_in(settings, SIGNING_KEYS=[SIGNING_KEY, "the next key"])
    assert is_let_in(rest)
    assert is_let_in(rest, key="the next key")
    let_in(settings, SIGNING_KEYS=["the next key"])
    assert is_let_in(rest, key="the next key")
    assert not is_let_in(rest)


def test_a_static_token(rest: Caller, settings: Settings) -> None:
    digests = [sha256(token.encode()).hexdigest() for token in (TOKEN, "the-next-token")]
    let_in(settings, TOKENS=digests)
    assert is_let_in(rest)
    assert is_let_in(rest, token="the-next-token")
    let_in(settings, TOKENS=digests[1:])
    assert is_let_in(rest, token="the-next-token")
    assert not is_let_in(rest)


def test_an_oauth_client(
    rest: Caller, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth, "secret_check", SecretCheck())
    for client_id in ("fin-client", "fin-client-2"):
        Application.objects.create(
            client_id=client_id,
            client_secret="a secret",
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        )

    def ask(client_id: str) -> requests.Response:
        form = {"client_id": client_id, "client_secret": "a secret"}
        url = f"{rest.url}/api/fin/oauth/token/"
        return requests.post(url, {"grant_type": "client_credentials", **form}, timeout=30)

    old = ask("fin-client").json()["access_token"]
    assert ask("fin-client-2").status_code == 401
    let_in(settings, CLIENT_IDS=["fin-client", "fin-client-2"])
    new = ask("fin-client-2").json()["access_token"]
    assert is_let_in(rest, token=old)
    assert is_let_in(rest, token=new)
    let_in(settings, CLIENT_IDS=["fin-client-2"])
    assert is_let_in(rest, token=new)
    assert not is_let_in(rest, token=old)
    assert ask("fin-client").status_code == 401


def test_djangos_secret_key(ticket: Ticket, client: Client, settings: Settings) -> None:
    [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, body="<p>See.</p>")])
    row = ReplyFile(reply=reply, filename="a.txt")
    row.upload.save("a.txt", ContentFile(b"x"), save=False)
    ReplyFile.objects.bulk_create([row])
    timeline = Timeline(current(), ticket)
    [message] = [shown.message for shown in timeline if shown.message.attachments]
    address = message.attachments[0].url.removeprefix("https://helpdesk.example.com")
    assert client.get(address).status_code == 200
    old, settings.SECRET_KEY = settings.SECRET_KEY, "the next one"
    assert client.get(address).status_code == 404
    settings.SECRET_KEY_FALLBACKS = [old]
    assert b"".join(client.get(address)) == b"x"
    row.upload.delete(save=False)


def test_what_the_deployment_check_says_of_the_demo_is_explained(
    tmp_path: Path,
) -> None:
    environment = {**os.environ, "DEMO_VAR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "helpdesk_demo.settings"
    checked = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    found = set(re.findall(r"\((\w+\.[A-Z]\d+)\)", checked.stderr))
    table = SECURITY.partition("`manage.py check --deploy`")[2]
    assert found == set(re.findall(r"`(\w+\.[A-Z]\d+)`", table))
