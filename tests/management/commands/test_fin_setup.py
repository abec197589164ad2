"""`fin_setup`: from a fresh install to a chat with Fin, with nothing but what it prints."""

from __future__ import annotations

import io
import json
import re
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from oauth2_provider.models import get_application_model
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from fin_bridge.events import drain
from fin_bridge.management.commands import fin_setup
from fin_bridge.management.commands.fin_setup import Command
from fin_bridge.management.deployment_page import OPERATIONS
from fin_bridge.models import FinCall
from fin_bridge.testing import __main__ as simulator
from fin_bridge.testing.__main__ import _options_in
from helpdesk_demo.models import Reply, Ticket
from tests.support.fin_setup import BASE, set_up, set_up_as_json
from tests.support.world import use_fin

pytestmark = pytest.mark.django_db


def call(operation: str, status: int = 200, **values: Any) -> None:
    given = {"at": timezone.now(), "integration": "default", "duration": 3, **values}
    FinCall.objects.create(operation=operation, status=status, **given)


def watch(*rounds: Callable[[], Any], interrupted: bool = False) -> list[str]:
    """What it says, while each round happens in one of its waits."""
    output, remaining = io.StringIO(), list(rounds)

    def wait(seconds: float) -> bool:
        assert seconds == fin_setup.POLL
        if not remaining and interrupted:
            raise KeyboardInterrupt
        return not remaining or bool(remaining.pop(0)())

    command = Command(no_color=True)
    command.watch("default", command.stdout.__class__(output), wait)
    return re.sub(r"\d\d:\d\d:\d\d  ", "", output.getvalue()).splitlines()[1:]


def three_users_and_the_agents() -> None:
    for operation in ("get_user", "get_user", "get_user", "get_agents"):
        call(operation)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_it_prints_what_fins_page_asks_for_in_its_order() -> None:
    said = set_up()
    names = re.findall(r"^ *\d+  (.+?)  +", said, flags=re.MULTILINE)
    assert names == [
        "Token URL",
        "Client id",
        "Client secret",
        "Load an end user",
        "Update an end user",
        "Create an end user",
        "List agents",
        "Load a conversation",
        "Update a conversation",
        "Create a conversation",
        "Load messages",
        "Create a message",
        "Identifier",
        "Webhook secret",
        "HMAC key",
        "Agent that is Fin",
    ]
    assert f"Token URL              {BASE}/oauth/token\n" in said
    assert f"List agents            {BASE}/get_agents\n" in said
    assert "Identifier             integration-1\n" in said
    assert "Webhook secret         webhook-key\n" in said
    assert "HMAC key               signing-key\n" in said
    assert "Still to be set" not in said


def test_a_client_of_another_grant_is_named() -> None:
    set_up()
    model = get_application_model()
    model.objects.update(authorization_grant_type=model.GRANT_AUTHORIZATION_CODE)
    client = model.objects.get()
    for said in (set_up(), set_up("--new-secret")):
        assert (
            f"the OAuth client {client.client_id}: its authorization grant type must be"
            " client-credentials, and it is authorization-code, by which Fin gets no token"
        ) in said
    model.objects.update(authorization_grant_type=model.GRANT_CLIENT_CREDENTIALS)
    assert "grant type" not in set_up()


def test_each_first_call_is_ticked_off_as_it_arrives() -> None:
    call("get_agents")
    call("get_messages", at=timezone.now() - timedelta(hours=2))  # of another day's try
    said = watch(
        lambda: call("token", integration=""),
        three_users_and_the_agents,
        lambda: call("get_conversation", integration="another"),
    )
    assert [" ".join(line.split()) for line in said[:-1]] == [
        "✓ get_agents 200",
        "✓ token 200",
        "✓ get_user 200",
    ]
    assert said[-1].startswith(
        "These have not come yet: update_user, create_user, get_conversation, "
    )


def test_a_refusal_is_shown_once_with_its_reason() -> None:
    def refuse() -> None:
        for _ in range(2):
            call("get_agents", 401, integration="", detail="The signature is wrong.")

    said = watch(refuse, refuse, lambda: call("get_agents"))
    assert said[:-1] == ["✗ get_agents             401 The signature is wrong.", said[1]]
    assert said[1].startswith("✓ get_agents")


def test_it_ends_when_all_have_come_and_when_it_is_interrupted() -> None:
    assert watch(interrupted=True)[-1].startswith("These have not come yet: token, get_user, ")
    for operation in ("token", *OPERATIONS):
        call(operation)
    output = set_up("--watch")
    assert output.count("✓") == 10
    assert output.endswith("All have come.\n")


def test_beside_json_it_watches_on_the_other_stream(capsys: pytest.CaptureFixture[str]) -> None:
    for operation in ("token", *OPERATIONS):
        call(operation)
    call_command("fin_setup", "--json", "--watch")
    said = capsys.readouterr()
    assert json.loads(said.out)["integration"] == "default"
    assert "All have come." in said.err


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dialect", ["posts_only", "rest"])
def test_the_simulator_fed_with_nothing_else_completes_a_chat(
    live_server: LiveServer,
    settings: Settings,
    sarah: User,
    tmp_path: Path,
    dialect: str,
) -> None:
    fins = User.objects.create_user("fin", first_name="Fin", is_staff=True)
    public = "https://helpdesk.example.com" if dialect == "rest" else live_server.url
    settings.FIN_BRIDGE_PUBLIC_URL = public
    use_fin(settings, f"http://127.0.0.1:{free_port()}")
    file = tmp_path / "fin.json"
    file.write_text(set_up("--json", "--dialect", dialect, "--agent", str(fins.pk)))
    mapping = [f"--map-host={public}={live_server.url}"] if public != live_server.url else []
    with simulator.simulator(["--config", str(file), *mapping], {}) as fin:
        conversation = fin.customer("Ada", "ada@example.com").write("Hello")
        fin.wait_for(lambda: len(conversation.messages) == 2 and fin.is_idle)
        Reply.objects.create(ticket=Ticket.objects.get(), staff=sarah, body="<p>Hi!</p>")
        fin.wait_for(lambda: drain.drain() is None and len(conversation.messages) == 3)
        assert conversation.messages[2].author_name == "Sarah Lee"
        assert fin.violations == []
    calls = set(FinCall.objects.filter(status__lt=300).values_list("operation", flat=True))
    assert {"token", "get_agents", "create_conversation", "get_messages"} <= calls


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"client_secret": None}, "it has no client secret"),
        ({"operations": {"get_user": f"{BASE}/user"}}, "do not begin alike"),
        (
            {"operations": {"get_user": f"{BASE}/get_user", "get_agents": "https://b/get_agents"}},
            "do not begin alike",
        ),
        ({"operations": {"what": BASE}}, "what"),
    ],
)
def test_what_the_simulator_cannot_use_is_named(
    changes: dict[str, Any],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = json.dumps({**set_up_as_json(), **changes})
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    with pytest.raises(SystemExit):
        simulator.simulator(["--config=-"], {})
    assert message in capsys.readouterr().err


def test_something_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        (["--config=/nowhere"], "cannot be used"),
        ([], "--helpdesk-url or --config is needed"),
    ):
        with pytest.raises(SystemExit):
            simulator.simulator(arguments, {})
        assert message in capsys.readouterr().err


def test_only_on_this_machine_the_simulator_listens_where_events_go() -> None:
    given = set_up_as_json()
    assert _options_in(json.dumps(given))["port"] == 9
    given["events_url"] = "https://api.eu.intercom.io/hooks"
    assert "port" not in _options_in(json.dumps(given))
