import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from fin_bridge.testing import __main__ as command
from tests.support.contract_helpdesk import (
    CLIENT_ID,
    CLIENT_SECRET,
    INTEGRATION_ID,
    SIGNING_KEY,
    WEBHOOK_KEY,
    ContractHelpdesk,
    post_event,
)

SECRETS = {
    "FIN_INTEGRATION_ID": INTEGRATION_ID,
    "FIN_WEBHOOK_KEY": WEBHOOK_KEY,
    "FIN_SIGNING_KEY": SIGNING_KEY,
    "FIN_CLIENT_ID": CLIENT_ID,
    "FIN_CLIENT_SECRET": CLIENT_SECRET,
}


@pytest.fixture
def helpdesk() -> Iterator[ContractHelpdesk]:
    with ContractHelpdesk("rest") as found:
        yield found


def test_secrets_come_from_the_environment(helpdesk: ContractHelpdesk, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    arguments = [
        f"--helpdesk-url={helpdesk.url}",
        "--dialect=rest",
        "--customer=Ada Lovelace <ada@example.com>",
        "--customer=grace@example.com",
        "--map-host=https://invented.example=http://127.0.0.1:8000",
        f"--journal={path}",
    ]
    with command.simulator(arguments, SECRETS) as fin:
        conversation = fin.customer("?", "grace@example.com").write("Hello")
        fin.wait_for(lambda: len(conversation.messages) == 2 and fin.is_idle)
        assert conversation.messages[0].author_name == "grace@example.com"
        post_event(fin, {"conversation_id": "c1"})
        fin.wait_for(lambda: fin.is_idle)
        assert fin.violations == []
    assert path.read_text(encoding="utf-8").count("\n") == 1


def test_options_win_over_the_environment(helpdesk: ContractHelpdesk) -> None:
    arguments = [
        f"--helpdesk-url={helpdesk.url}",
        "--integration-id=other",
        "--webhook-key=one",
        "--webhook-key=two",
        "--token=by-hand",
    ]
    with command.simulator(arguments, SECRETS) as fin:
        for key, status in (("one", 204), ("two", 204), (WEBHOOK_KEY, 401)):
            answer = post_event(
                fin,
                {"conversation_id": "c1"},
                integration_id="other",
                headers={"X-Webhook-Key": key},
            )
            assert answer.status_code == status


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("FIN_WEBHOOK_KEY", "--webhook-key or FIN_WEBHOOK_KEY is needed"),
        ("FIN_SIGNING_KEY", "--signing-key or FIN_SIGNING_KEY is needed"),
        ("FIN_INTEGRATION_ID", "--integration-id or FIN_INTEGRATION_ID is needed"),
        ("FIN_CLIENT_SECRET", "--token, or --client-id and --client-secret, are needed"),
    ],
)
def test_what_is_missing_is_named(
    missing: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {name: value for name, value in SECRETS.items() if name != missing}
    with pytest.raises(SystemExit) as caught:
        command.simulator(["--helpdesk-url=http://127.0.0.1:1"], environment)
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--map-host=https://invented.example", "is not PUBLIC=REAL"),
        ("--map-host=invented.example=http://127.0.0.1", "is not an origin"),
        ("--customer=Ada", "is not 'NAME <E-MAIL>'"),
        ("--dialect=soap", "invalid choice"),
    ],
)
def test_mistakes_are_named(option: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.simulator(["--helpdesk-url=http://127.0.0.1:1", option], SECRETS)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(helpdesk: ContractHelpdesk, number: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "fin_bridge.testing", f"--helpdesk-url={helpdesk.url}"],
        env={**os.environ, **SECRETS},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert found
        with requests.get(found[0], timeout=10, stream=True) as answer:
            assert answer.status_code == 200
            process.send_signal(number)
            assert process.wait(10) == 0
        assert process.stderr.read() == ""
