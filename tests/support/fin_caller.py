"""Fin as our door sees it: signed requests over real sockets; answers are held to the contract."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest
import requests
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from fin_bridge.api import call_log
from fin_bridge.database import clock
from fin_bridge.testing import Dialect, check_answer, sign_request
from fin_bridge.testing.contract import Document
from fin_bridge.testing.contract.requests import spell

TOKEN = "a-static-token"
SIGNING_KEY = "signing-key"
DIALECTS: tuple[Dialect, ...] = ("rest", "posts_only")


@dataclass
class Answer:
    """What came back, without the envelope."""

    status: int
    data: Any
    headers: Mapping[str, str]
    content: bytes


@dataclass
class Caller:
    """Speaks one dialect to the server under test."""

    url: str
    dialect: Dialect
    token: str = TOKEN
    signing_key: str = SIGNING_KEY
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, operation: str, **values: Any) -> Answer:
        """Any answer, as long as it keeps to the contract."""
        wire = spell(self.dialect, operation, values)
        now = int(clock.frozen.timestamp()) if clock.frozen else None
        return self.send(
            operation, wire.method, wire.path, wire.query_string, wire.body, timestamp=now
        )

    def send(
        self,
        operation: str,
        method: str,
        path: str,
        query: str = "",
        body: bytes = b"",
        *,
        headers: Mapping[str, str | None] | None = None,
        timestamp: int | None = None,
    ) -> Answer:
        """A request as it is given, but signed; headers that are None are left out."""
        signature = sign_request(
            self.signing_key, method, query, body, int(timestamp or time.time())
        )
        sent: dict[str, str | None] = {"Authorization": f"Bearer {self.token}", **signature}
        if body:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        response = self.session.request(
            method,
            f"{self.url}/api/fin{path}{'?' if query else ''}{query}",
            data=body,
            headers=sent,
            allow_redirects=False,
            timeout=30,
        )
        verdict = check_answer(
            self.dialect,
            operation,
            status=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            body=response.content,
        )
        assert verdict.problems == [], response.text
        return Answer(response.status_code, verdict.data, response.headers, response.content)

    def ask(self, operation: str, **values: Any) -> Any:
        """The data of a success."""
        answer = self.call(operation, **values)
        assert answer.status < 300, answer.content
        return answer.data

    def refused(self, operation: str, **values: Any) -> tuple[int, str]:
        """Status and detail of a failure."""
        answer = self.call(operation, **values)
        assert answer.status >= 400, answer.content
        return answer.status, answer.data["detail"]

    def opens(self, user_id: str, object_id: str = "conv-1", **values: Any) -> Any:
        """A conversation, as this dialect creates one."""
        message = {
            "object_id": f"{object_id}-first",
            "body": "<p>My printer burns.</p>",
            "author": {"id": user_id, "user_type": "end_user"},
            **values.pop("message", {}),
        }
        user = {"user_id": user_id} if self.dialect == "rest" else {"user": {"id": user_id}}
        return self.ask(
            "create_conversation",
            object_id=object_id,
            initial_message=message,
            **{**user, **values},
        )

    def operation(self, name: str) -> Any:
        """Method and path of an operation."""
        return Document.load(self.dialect).operations[name]


def let_in(settings: Settings, **options: Any) -> None:
    """Let Fin in with the static token."""
    integration = settings.FIN_BRIDGE_INTEGRATIONS["default"]
    digest = sha256(TOKEN.encode()).hexdigest()
    settings.FIN_BRIDGE_INTEGRATIONS = {"default": {**integration, "TOKENS": [digest], **options}}


@pytest.fixture(autouse=True)
def _strangers_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was refused in other tests of the same minute does not count."""
    monkeypatch.setattr(call_log, "allowance", call_log.Allowance())


@pytest.fixture(params=DIALECTS)
def caller(
    request: pytest.FixtureRequest, live_server: LiveServer, settings: Settings
) -> Iterator[Caller]:
    """In either dialect: each test that takes it runs twice."""
    let_in(settings)
    with requests.Session() as session:
        yield Caller(live_server.url, request.param, session=session)


@pytest.fixture
def rest(live_server: LiveServer, settings: Settings) -> Iterator[Caller]:
    """In the REST dialect."""
    let_in(settings)
    with requests.Session() as session:
        yield Caller(live_server.url, "rest", session=session)


@pytest.fixture
def posts_only(live_server: LiveServer, settings: Settings) -> Iterator[Caller]:
    """In the POST-only dialect."""
    let_in(settings)
    with requests.Session() as session:
        yield Caller(live_server.url, "posts_only", session=session)
