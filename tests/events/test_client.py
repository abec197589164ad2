"""A client that can be neither held nor tricked, over real sockets."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import trustme

from fin_bridge.events import client
from fin_bridge.events.client import MOST_BYTES, Limits, post
from fin_bridge.events.retry import Answer
from tests.support.receiver import Receiver, receiving, status

SHORT = Limits(deadline=0.6)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def send(url: str, limits: Limits = SHORT) -> Answer:
    return post(url, b"{}", {"X-Webhook-Key": "secret"}, limits)


def test_an_answer_is_told_with_its_headers(receiver: Receiver) -> None:
    receiver.replies.append(status(429, b"slow", Retry_After="9", Content_Type="text/plain"))
    assert send(receiver.url) == Answer(429, "text/plain", "9", "slow")


def test_at_most_so_much_of_an_answer_is_read(receiver: Receiver) -> None:
    receiver.replies.append(status(200, b"x" * 10_000_000))
    answer = send(receiver.url, Limits())
    assert len(answer.body) == MOST_BYTES


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, code: int) -> None:
    with receiving() as elsewhere:
        receiver.replies.append(status(code, Location=elsewhere.url))
        assert send(receiver.url).status == code
        assert elsewhere.requests == []


def test_the_environments_proxy_counts_only_if_asked_for(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        send("http://fin.invalid/", SHORT)
        assert proxy.requests == []
        answer = send("http://fin.invalid/", Limits(0.6, trust_environment=True))
        assert answer.status == 204
        assert len(proxy.requests) == 1


def test_netrc_counts_only_if_asked_for_and_as_it_stands(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    monkeypatch.setenv("NETRC", str(netrc))
    for password in ("old", "new"):
        netrc.write_text(f"machine 127.0.0.1 login fin password {password}")
        send(receiver.url, Limits(trust_environment=True))
    send(receiver.url, Limits())
    told = [request.headers.get("Authorization") for request in receiver.requests]
    basic = [f"Basic {b64encode(f'fin:{word}'.encode()).decode()}" for word in ("old", "new")]
    assert told == [*basic, None]


def test_an_address_may_be_spelled_with_a_space_before(receiver: Receiver) -> None:
    assert send(f" {receiver.url}").status == 204


def test_nothing_of_one_post_is_left_in_the_next(receiver: Receiver) -> None:
    post(receiver.url, b'{"long": 1}', {"X-Webhook-Key": "one", "X-More": "more"}, Limits())
    post(receiver.url, b"{}", {"X-Webhook-Key": "two"}, Limits())
    last = receiver.requests[-1]
    assert (last.raw, last.headers["Content-Length"]) == (b"{}", "2")
    assert last.headers["X-Webhook-Key"] == "two"
    assert "X-More" not in last.headers


def test_a_body_that_is_not_read_does_not_poison_the_next_answer(receiver: Receiver) -> None:
    def chatty(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 500 Poison\r\n\r\n")

    receiver.replies.append(chatty)
    assert send(receiver.url).status == 204
    assert send(receiver.url).status == 204


def drip(head: bytes, dripped: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Write a byte every 50 ms until the other side has had enough."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        wait = threading.Event()
        try:
            handler.wfile.write(head)
            for number in range(200):
                handler.wfile.write(dripped[number : number + 1] or b"x")
                wait.wait(0.05)
        except OSError:
            return

    return reply


def test_dripped_headers_are_cut_at_the_deadline(receiver: Receiver) -> None:
    receiver.replies.append(drip(b"", b"HTTP/1.1 200 OK\r\nX-Long: "))
    started = time.monotonic()
    assert send(receiver.url).error == "timeout"
    assert time.monotonic() - started < 3


def test_a_dripped_body_is_cut_and_the_status_counts(receiver: Receiver) -> None:
    receiver.replies.append(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b""))
    started = time.monotonic()
    assert send(receiver.url).status == 200
    assert time.monotonic() - started < 3


def test_an_endless_chunked_body_is_cut(receiver: Receiver) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                handler.wfile.write(b"3e8\r\n" + b"x" * 1000 + b"\r\n")
        except OSError:
            return

    receiver.replies.append(endless)
    answer = send(receiver.url, Limits())
    assert answer.status == 200
    assert len(answer.body) <= MOST_BYTES


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"", "connection"),
        (b"HTTP/1.1 2", "connection"),
        (b"nonsense\r\n\r\n", "connection"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "connection"),
    ],
)
def test_what_is_no_http_is_a_failure(receiver: Receiver, sent: bytes, error: str) -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(sent)

    receiver.replies.append(reply)
    assert send(receiver.url).error == error


def test_a_server_that_accepts_and_never_answers_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        started = time.monotonic()
        assert send(f"http://127.0.0.1:{server.getsockname()[1]}").error == "timeout"
        assert time.monotonic() - started < 3


def test_nobody_there() -> None:
    assert send("http://127.0.0.1:9").error == "connection"


def test_a_name_that_does_not_resolve() -> None:
    assert send("http://fin.invalid").error == "dns"


def test_an_address_that_is_none() -> None:
    assert send("nowhere").error == "configuration"


# --- TLS ----------------------------------------------------------------------------------------


def whole_request(connection: socket.socket) -> bytes:
    """Head and body, which come one by one: what is left unread is answered by a reset."""
    request = b""
    while not request.endswith(b"{}") and (more := connection.recv(65536)):
        request += more
    return request


@contextmanager
def secure(context: ssl.SSLContext) -> Iterator[tuple[str, list[bytes]]]:
    """A server behind TLS: its address, and what has arrived decrypted."""
    arrived: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def serve() -> None:
            try:
                plain, _ = listener.accept()
                with context.wrap_socket(plain, server_side=True) as wrapped:
                    arrived.append(whole_request(wrapped))
                    wrapped.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            except OSError:
                return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}", arrived
        thread.join()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that the client trusts."""
    ca = trustme.CA()
    bundle = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    return ca


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def test_a_good_certificate_is_accepted(authority: trustme.CA) -> None:
    with secure(serving(authority.issue_cert("localhost"))) as (url, arrived):
        assert send(url, Limits(3, trust_environment=True)).status == 204
    assert b"X-Webhook-Key: secret" in arrived[0]


def test_bad_certificates_are_refused_and_nothing_is_sent(authority: trustme.CA) -> None:
    bad = {
        "self-signed": trustme.CA().issue_cert("localhost"),
        "wrong host": authority.issue_cert("elsewhere.example"),
        "expired": authority.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)),
    }
    for reason, certificate in bad.items():
        with secure(serving(certificate)) as (url, arrived):
            answer = send(url, Limits(3, trust_environment=True))
        assert answer.error == "tls", reason
        assert arrived == [], reason


def test_nothing_is_read_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client._local, "expires", time.monotonic() - 1)
    with pytest.raises(TimeoutError):
        client._DeadlineReader(Any).readinto(bytearray(1))  # type: ignore[arg-type]  # unread
