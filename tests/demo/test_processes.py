"""The demo as a company would run it: as processes, on real databases, brokers and caches."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from fin_bridge.testing import FinSimulator

pytestmark = pytest.mark.exhaustive

FIN = {
    "FIN_INTEGRATION_ID": "integration-1",
    "FIN_WEBHOOK_KEY": "webhook-key",
    "FIN_SIGNING_KEY": "signing-key",
    "FIN_CLIENT_ID": "fin-client",
    "FIN_CLIENT_SECRET": "fin-secret",
}


@pytest.fixture
def port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def fin(port: int) -> Iterator[FinSimulator]:
    """A Fin outside of the demo, which a test can look into."""
    with FinSimulator(
        helpdesk_url=f"http://127.0.0.1:{port}/api/fin",
        integration_id=FIN["FIN_INTEGRATION_ID"],
        webhook_keys=[FIN["FIN_WEBHOOK_KEY"]],
        signing_key=FIN["FIN_SIGNING_KEY"],
        client_id=FIN["FIN_CLIENT_ID"],
        client_secret=FIN["FIN_CLIENT_SECRET"],
    ) as simulator:
        yield simulator


@pytest.fixture(
    params=[
        pytest.param({}, id="nothing-but-python"),
        pytest.param(
            {
                "DATABASE_URL": "postgresql_url",
                "CELERY_BROKER_URL": "redis_url",
                "CACHE_URL": "redis_url",
            },
            id="postgresql-redis",
            marks=pytest.mark.services,
        ),
        pytest.param(
            {"DATABASE_URL": "mariadb_url", "CELERY_BROKER_URL": "rabbitmq_url"},
            id="mariadb-rabbitmq",
            marks=pytest.mark.services,
        ),
    ]
)
def demo(
    request: pytest.FixtureRequest, tmp_path: Path, port: int, fin: FinSimulator
) -> Iterator[str]:
    """The address of a running demo; that it ends as it should is part of the test."""
    services = {name: request.getfixturevalue(fixture) for name, fixture in request.param.items()}
    environment = {
        **os.environ,
        **FIN,
        **services,
        "PORT": str(port),
        "DEMO_VAR": str(tmp_path),
        "FIN_EVENTS_URL": fin.url,
        "DJANGO_SETTINGS_MODULE": "helpdesk_demo.settings",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "helpdesk_demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        else:
            pytest.fail("".join(said))
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 0


class Agent:
    """A member of staff in a browser."""

    def __init__(self, address: str, username: str) -> None:
        self._address, self._session = address, requests.Session()
        self._session.get(f"{address}/accounts/login/").raise_for_status()
        self.post("/accounts/login/", data={"username": username, "password": "demo"})

    def post(self, path: str, **body: Any) -> None:
        """Submit a form or JSON, as the page does."""
        token = {"X-CSRFToken": self._session.cookies["csrftoken"]}
        self._session.post(self._address + path, headers=token, **body).raise_for_status()


def test_a_customer_an_agent_and_fin_understand_each_other(demo: str, fin: FinSimulator) -> None:
    conversation = fin.customer("Nora Lindgren", "nora@kupan.example").write(
        "I want to talk to a person"
    )
    fin.wait_for(lambda: conversation.id)
    fin.wait_for(lambda: not conversation.engagement.is_in_charge)

    sarah = Agent(demo, "sarah")
    sarah.post("/fin/typing/", json={"conversation_id": conversation.id})
    fin.wait_for(lambda: conversation.typing)
    sarah.post(f"/tickets/{conversation.id}/reply/", data={"text": "Here I am"})
    fin.wait_for(lambda: "Here I am" in [message.text for message in conversation.messages])

    assert fin.violations == []
