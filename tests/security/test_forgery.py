"""Requests of Fin's, signed, and then changed by somebody on the way: none is let in."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import RequestFactory
from django.urls import resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from fin_bridge.database import clock
from fin_bridge.testing import sign_request
from helpdesk_demo.models import Ticket
from tests.support.fin_caller import SIGNING_KEY, TOKEN, let_in
from tests.support.world import Clock

pytestmark = [pytest.mark.exhaustive, pytest.mark.django_db(transaction=True)]

FORGERIES = int(os.environ.get("FIN_BRIDGE_FORGERIES") or 2000)
"""How many are tried; a release is preceded by 100,000."""

BATCH = 50
"""So many of each seed: drawing one takes longer than to judge a request."""

thorough = settings(
    max_examples=FORGERIES // BATCH,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Sent:
    """A request as bytes; what is signed of it depends on the method."""

    method: str
    path: str
    query: bytes
    body: bytes
    token: bytes
    timestamp: bytes
    signature: bytes


BODIES: list[tuple[str, str, Any]] = [
    ("POST", "/get_user", {"user_id": "1"}),
    ("POST", "/get_agents", {}),
    ("POST", "/update_conversation", {"conversation_id": "1", "title": "Fire", "tags": ["a"]}),
    ("POST", "/get_messages", {"conversation_id": "1", "after_id": "7"}),
    ("PUT", "/user", {"user_id": "1", "attributes": {"plan": "gold é"}}),
    (
        "POST",
        "/messages",
        {
            "conversation_id": "1",
            "object_id": "x",
            "body": "<p>Hi</p>",
            "author": {"id": "1", "user_type": "agent"},
        },
    ),
]
QUERIES = [
    ("/user", "user_id=1"),
    ("/conversation", "conversation_id=a%2Fb%20c"),
    ("/messages", "conversation_id=1&after_id=%C3%A9"),
    ("/agents", ""),
]


def moment() -> float:
    """Now, on the clock that stands still."""
    assert clock.frozen is not None
    return clock.frozen.timestamp()


def genuine() -> list[Sent]:
    """As Fin sends them at this moment."""
    now = int(moment())

    def sign(method: str, path: str, query: str, body: bytes) -> Sent:
        headers = sign_request(SIGNING_KEY, method, query, body, now)
        return Sent(
            method,
            path,
            query.encode(),
            body,
            f"Bearer {TOKEN}".encode(),
            headers["X-Fin-Request-Timestamp"].encode(),
            headers["X-Fin-Signature"].encode(),
        )

    return [
        *(sign(method, path, "", json.dumps(body).encode()) for method, path, body in BODIES),
        *(sign("GET", path, query, b"") for path, query in QUERIES),
    ]


PARTS = ("query", "body", "token", "timestamp", "signature")


def changed(old: bytes, chance: Random) -> bytes:
    """With one change, somewhere."""
    at = chance.randint(0, len(old))
    some = chance.choice([chance.randbytes(chance.randint(1, 8)), b"&", b"=", b"0", b" ", b"%"])
    match chance.choice(["flip", "flip", "insert", "delete", "case", "repeat", "other", "empty"]):
        case "flip":
            return old[:at] + bytes([(old[at : at + 1] or b"\0")[0] ^ some[0]]) + old[at + 1 :]
        case "insert":
            return old[:at] + some + old[at:]
        case "delete":
            return old[:at] + old[at + len(some) :]
        case "case":
            return old[:at] + old[at:].swapcase()
        case "repeat":
            return old + old
        case "other":
            return some
    return b""


def forged(chance: Random) -> Sent:
    """A genuine one with up to three changes; a part of it may be another request's."""
    requests = genuine()
    request = chance.choice(requests)
    for part in chance.choices(PARTS, k=chance.randint(0, 3)):
        request = with_part(request, part, changed(getattr(request, part), chance))
    if chance.random() < 0.3:
        part = chance.choice(PARTS)
        request = with_part(request, part, getattr(chance.choice(requests), part))
    return request


def with_part(request: Sent, part: str, value: bytes) -> Sent:
    values: dict[str, Any] = {part: value}
    return replace(request, **values)


def may_enter(sent: Sent) -> bool:
    """What the contract says, told in another way than the bridge does it."""
    scheme, _, token = sent.token.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or token.strip(" ") != TOKEN:
        return False
    timestamp = sent.timestamp.decode("latin-1")
    if not (timestamp.isascii() and timestamp.isdigit()):
        return False
    if abs(moment() - int(timestamp)) > 300:
        return False
    contents = [sent.body] if sent.method != "GET" else forms(sent.query)
    return any(
        sent.signature
        == hmac.new(SIGNING_KEY.encode(), sent.timestamp + b":" + content, hashlib.sha256)
        .hexdigest()
        .encode()
        for content in contents
    )


def forms(query: bytes) -> list[bytes]:
    """As sent and as decoded, sorted by key."""
    raw = sorted(query.split(b"&"), key=lambda pair: pair.partition(b"=")[0])
    text = query.decode("latin-1")
    try:
        decoded = sorted(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except ValueError:
        return []
    return [
        b"&".join(filter(None, raw)),
        "&".join(f"{key}={value}" for key, value in decoded).encode(),
    ]


@pytest.fixture
def tally(settings: Settings, ticket: Ticket, stopped_clock: Clock) -> Counter[bool]:
    """How many were let in, and how many were not."""
    let_in(settings)
    stopped_clock.set(datetime.now(UTC))
    return Counter()


def test_what_was_changed_is_not_let_in(
    tally: Counter[bool],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("CRITICAL", "django.request")
    factory = RequestFactory()

    @thorough
    @given(st.integers(0, 2**64))
    def attack(seed: int) -> None:
        chance = Random(seed)
        for _ in range(BATCH):
            send(forged(chance))

    def send(sent: Sent) -> None:
        request = factory.generic(
            sent.method,
            f"/api/fin{sent.path}",
            sent.body,
            "application/json",
            HTTP_AUTHORIZATION=sent.token.decode("latin-1"),
            HTTP_X_FIN_REQUEST_TIMESTAMP=sent.timestamp.decode("latin-1"),
            HTTP_X_FIN_SIGNATURE=sent.signature.decode("latin-1"),
            QUERY_STRING=sent.query.decode("latin-1"),
        )
        found = resolve(request.path_info)
        answer = found.func(request, *found.args, **found.kwargs)
        judge(sent, answer.status_code)

    def judge(sent: Sent, status: int) -> None:
        assert status < 500, sent
        is_in = status != 401
        assert not is_in or may_enter(sent), sent
        tally[is_in] += 1

    attack()
    assert tally[False] > FORGERIES / 2
    sys.stdout.write(f"{tally[False]} refused, {tally[True]} as good as Fin's own\n")


def test_nor_over_a_socket(tally: Counter[bool], live_server: LiveServer) -> None:
    address = urlsplit(live_server.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)

    headers_of = ("token", "timestamp", "signature")

    def is_sendable(value: bytes) -> bool:
        return not any(byte < 32 or byte > 126 for byte in value)

    @settings(thorough, max_examples=min(FORGERIES, 500))
    @given(st.integers(0, 2**64))
    def attack(seed: int) -> None:
        sent = forged(Random(seed))
        headers = {
            "Authorization": sent.token,
            "X-Fin-Request-Timestamp": sent.timestamp,
            "X-Fin-Signature": sent.signature,
            "Content-Type": b"application/json",
        }
        query = "".join(chr(byte) if 32 < byte < 127 else f"%{byte:02X}" for byte in sent.query)
        if not all(map(is_sendable, headers.values())):
            return
        sent = replace(sent, query=query.encode())
        target = f"/api/fin{sent.path}?{query}"
        connection.request(sent.method, target, sent.body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status < 500, sent
        assert content.startswith((b"{", b"[")), content
        trimmed = {part: getattr(sent, part).strip() for part in headers_of}
        assert answer.status == 401 or may_enter(replace(sent, **trimmed)), sent
        tally[answer.status != 401] += 1

    attack()
    connection.close()
    assert tally[False]
