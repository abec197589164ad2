"""Secrets that are easy to recognise, everything done with them, and a look at all that shows."""

from __future__ import annotations

import io
import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import requests
from celery.signals import before_task_publish
from django.apps import apps
from django.contrib.auth.models import User
from django.core import serializers
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter
from oauth2_provider.models import Application
from pytest_django import Settings

from fin_bridge import tasks
from fin_bridge.api.trust import oauth
from fin_bridge.api.trust.client_secrets import SecretCheck
from fin_bridge.conf import conf
from fin_bridge.database import clock
from fin_bridge.events import drain
from fin_bridge.helpdesk import current
from fin_bridge.models import ConversationState, Event, FinCall, IntegrationState, database
from fin_bridge.operating.health import health
from helpdesk_demo.models import Reply, Ticket
from tests.support.fin_caller import Caller
from tests.support.receiver import Receiver, status
from tests.support.world import use_fin

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "yellowbird"
WEBHOOK, SIGNING, SECRET, STATIC = (f"{CANARY}-{kind}-0123456789" for kind in "wsct")
TEXT = "yellowbird: what a customer says"


@pytest.fixture
def surfaces() -> Iterator[dict[str, str]]:
    """All that was said, by where; logs are kept at every level, with their tracebacks."""
    found: dict[str, str] = {}
    published: list[Any] = []

    def note(body: Any = None, headers: Any = None, **_: Any) -> None:
        published.append((body, headers))

    before_task_publish.connect(note)
    log, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(log), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found
    root.setLevel(level)
    root.removeHandler(handler)
    before_task_publish.disconnect(note)
    found["logs"] = log.getvalue()
    found["tasks"] = repr(published)
    assert published
    for where, said in found.items():
        assert said, where
        assert CANARY not in said, where


@pytest.fixture
def canaries(settings: Settings, fin: Receiver) -> None:
    use_fin(
        settings,
        fin.url,
        WEBHOOK_KEYS=[WEBHOOK, lambda: f"{WEBHOOK}-old"],
        SIGNING_KEYS=[SIGNING, lambda: f"{SIGNING}-old"],
        TOKENS=[sha256(STATIC.encode()).hexdigest()],
    )
    settings.OAUTH2_PROVIDER = {"COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True}
    Application.objects.create(
        client_id="fin-client",
        client_secret=SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )


def echo(code: int) -> Any:
    """A receiver that says back what it was sent, key and all."""

    def reply(handler: Any) -> None:
        said = "".join(f"{name}: {value}\n" for name, value in handler.headers.items()).encode()
        status(code, said)(handler)

    return reply


def say(command: str, *arguments: str) -> str:
    """All that a command prints, however it ends."""
    output = io.StringIO()
    try:
        call_command(command, *arguments, stdout=output, stderr=output)
    except (CommandError, SystemExit) as error:
        output.write(str(error))
    return output.getvalue()


def fins_calls(caller: Caller, ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> str:
    """Right and wrong, with tokens of both kinds; what a stranger could read of the answers."""
    url = f"{caller.url}/api/fin/oauth/token/"
    form = {"grant_type": "client_credentials", "client_id": "fin-client"}
    token = requests.post(url, {**form, "client_secret": SECRET}, timeout=30).json()
    answers = [
        requests.post(url, {**form, "client_secret": f"{SECRET}-wrong"}, timeout=30).text,
        requests.post(url, f"client_secret={SECRET}&client_secret=", timeout=30).text,
        requests.post(url, json={"client_secret": SECRET}, timeout=30).text,
    ]

    def load() -> str:
        answer = caller.call("get_conversation", conversation_id=str(ticket.pk))
        return answer.content.decode()

    caller.signing_key = SIGNING
    for bearer in (STATIC, token["access_token"], f"{STATIC}-wrong"):
        caller.token = bearer
        answers.append(
            caller.call("get_conversation", conversation_id=str(ticket.pk)).content.decode()
        )
    caller.token = STATIC
    caller.signing_key = f"{SIGNING}-wrong"
    answers.append(load())
    caller.signing_key = SIGNING

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(current().conversations, "record", fail)
        answers.append(
            caller.call("get_conversation", conversation_id=str(ticket.pk)).content.decode()
        )
        patch.setattr(oauth.TokenView, "create_token_response", fail)
        answers.append(requests.post(url, {**form, "client_secret": SECRET}, timeout=30).text)
    return "".join(answers).replace(token["access_token"], "")


def deliveries(fin: Receiver, ticket: Ticket) -> None:
    """To a receiver that fails in each way, and says what it was sent."""
    for code in (500, 400, 401, 401, 429, 204):
        fin.replies.append(echo(code))
        ticket.subject += "!"
        ticket.save()
        Event.objects.update(due_at=clock.now(database()) - timedelta(hours=1))
        for memory in (IntegrationState, ConversationState):  # nothing waits for another try
            memory.objects.all().delete()
        drain.drain()


def admin_pages(client: Client) -> str:
    """Each list, each row, the overview; and the health endpoint."""
    client.force_login(User.objects.create_superuser("olga"))
    addresses = ["/admin/fin_bridge/", "/admin/fin_bridge/integrationstate/overview/"]
    for model in apps.get_app_config("fin_bridge").get_models():
        base = f"/admin/fin_bridge/{model._meta.model_name}/"
        if client.get(base).status_code == 200:
            addresses += [base, *(f"{base}{key}/change/" for key in keys(model))]
    addresses.append("/admin/oauth2_provider/application/")
    addresses.append("/admin/oauth2_provider/accesstoken/")
    said = "".join(client.get(address).content.decode() for address in addresses)
    return said + health(RequestFactory().get("/")).content.decode()


def keys(model: Any) -> list[Any]:
    return list(model._base_manager.values_list("pk", flat=True)[:50])


def test_no_secret_is_shown_anywhere(
    surfaces: dict[str, str],
    canaries: None,
    caller: Caller,
    client: Client,
    ticket: Ticket,
    sarah: User,
    fin: Receiver,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens = settings.FIN_BRIDGE_INTEGRATIONS["default"]["TOKENS"]
    assert tokens != [STATIC]
    surfaces["answers"] = fins_calls(caller, ticket, monkeypatch)
    deliveries(fin, ticket)
    assert {request.headers["X-Webhook-Key"] for request in fin.requests} == {
        WEBHOOK,
        f"{WEBHOOK}-old",
    }
    tasks.send_typing("default", str(ticket.pk), {"id": str(sarah.pk)}, 0.0)
    surfaces["admin"] = admin_pages(client)
    commands = [
        ("fin_doctor",),
        ("fin_doctor", "--json"),
        ("fin_doctor", "--conversation", str(ticket.pk)),
        ("inspect_conversation", str(ticket.pk)),
        ("inspect_conversation", str(ticket.pk), "--json"),
        ("resend_events", "--all"),
        ("resend_events", "--all", "--dry-run", "--json"),
        ("deliver_events", "--once", "--json"),
        ("check", "--deploy"),
    ]
    surfaces["commands"] = "".join(say(*command) for command in commands)
    assert STATIC not in surfaces["commands"]
    surfaces["tables"] = "".join(
        serializers.serialize("json", model._base_manager.all()) for model in apps.get_models()
    )
    surfaces["settings"] = repr(conf.integrations)
    assert FinCall.objects.filter(status=500).exists()


def test_what_a_customer_says_is_in_no_log_of_ours(
    surfaces: dict[str, str], canaries: None, ticket: Ticket, fin: Receiver
) -> None:
    Reply.objects.create(ticket=ticket, body=TEXT)
    deliveries(fin, ticket)
    tasks.send_typing("default", str(ticket.pk), {}, 0.0)
    models = apps.get_app_config("fin_bridge").get_models()
    surfaces["our tables"] = "".join(
        serializers.serialize("json", model._base_manager.all()) for model in models
    )


@pytest.mark.parametrize("place", ["oauth", "signature"])
def test_an_error_report_shows_none(
    canaries: None, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """As Django mails it, with the variables of each frame; and as a traceback of Python's."""

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a bug")

    if place == "oauth":
        monkeypatch.setattr("fin_bridge.api.trust.client_secrets.identify_hasher", fail)
        form = {"grant_type": "x", "client_id": "fin-client", "client_secret": SECRET}
        body = "&".join(f"{key}={value}" for key, value in form.items()).encode()
        content_type = "application/x-www-form-urlencoded"
    else:
        monkeypatch.setattr("fin_bridge.api.trust.signatures.matches", fail)
        body, content_type = b"{}", "application/json"
    request = RequestFactory().generic(
        "POST",
        "/",
        body,
        content_type,
        HTTP_AUTHORIZATION=f"Bearer {STATIC}",
        HTTP_X_FIN_SIGNATURE=CANARY,
        HTTP_X_FIN_REQUEST_TIMESTAMP=str(int(clock.now(database()).timestamp())),
    )
    monkeypatch.setattr(oauth, "secret_check", SecretCheck())
    try:
        if place == "oauth":
            request.META.pop("HTTP_AUTHORIZATION")
            oauth.TokenView(request=request).post(request)
        else:
            from fin_bridge.api.trust.authentication import authenticate

            authenticate(request, body, clock.now(database()))
    except ZeroDivisionError:
        raised = sys.exc_info()
    reporter = ExceptionReporter(None, *raised)
    for report in (reporter.get_traceback_html(), reporter.get_traceback_text()):
        frames = report.split("Request information")[0]
        assert "a bug" in frames
        assert CANARY not in ours(frames)
    assert CANARY not in "".join(traceback.format_exception(*raised))
    assert CANARY not in json.dumps(repr(conf.integrations))


def ours(report: str) -> str:
    """Without the frame of this test, which has them on purpose."""
    return report.partition("fin_bridge/api")[2]
