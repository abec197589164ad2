import socket
import struct
import threading
from collections.abc import Callable

import pytest
import requests

from fin_bridge.testing import FinSimulator
from fin_bridge.testing.simulator.server import LoopbackServer, Reply, Request
from tests.support.contract_helpdesk import (
    INTEGRATION_ID,
    ContractHelpdesk,
)
from tests.support.contract_helpdesk import simulator as make

PATIENCE = 10.0


def wait_until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    while not condition():
        pause.wait(0.005)


def connect(server: LoopbackServer) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    # Closing it resets it instead of saying good-bye.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.sendall(b"GET /a?b=1&b=2&c= HTTP/1.1\r\nHost: x\r\nX-Y: z\r\n\r\n")
    return connection


def test_a_request_is_handed_over_whole() -> None:
    seen: list[Request] = []

    def respond(request: Request) -> Reply:
        seen.append(request)
        return Reply(200, b"hello", {"X-Answer": "1"})

    server = LoopbackServer("127.0.0.1", 0, respond)
    server.start()
    url = f"http://127.0.0.1:{server.port}/a?b=1&b=2&c="
    answer = requests.post(url, data=b"body", headers={"X-Y": "z"}, timeout=PATIENCE)
    head = requests.head(url, timeout=PATIENCE)
    server.stop()
    assert (answer.status_code, answer.content, answer.headers["X-Answer"]) == (200, b"hello", "1")
    assert (head.headers["Content-Length"], head.content) == ("5", b"")
    assert [(request.method, request.path, request.body) for request in seen] == [
        ("POST", "/a", b"body"),
        ("HEAD", "/a", b""),
    ]
    assert seen[0].query == {"b": "2", "c": ""}
    assert seen[0].headers["x-y"] == "z"


def test_a_client_that_goes_away_makes_no_noise(capfd: pytest.CaptureFixture[str]) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def respond(_request: Request) -> Reply:
        reached.set()
        go_on.wait(PATIENCE)
        return Reply(200, b"x" * 10_000_000)

    server = LoopbackServer("127.0.0.1", 0, respond)
    server.start()
    connection = connect(server)
    assert reached.wait(PATIENCE)
    connection.close()
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    wait_until(lambda: server.socket.fileno() == -1)  # it waits for its threads by now
    go_on.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert capfd.readouterr() == ("", "")


def test_a_mistake_of_ours_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    def respond(_request: Request) -> Reply:
        raise ZeroDivisionError

    server = LoopbackServer("127.0.0.1", 0, respond)
    server.start()
    with connect(server) as connection:
        assert connection.recv(1) == b""
    server.stop()
    assert "ZeroDivisionError" in capfd.readouterr().err


@pytest.mark.parametrize("helpdesk", ["posts_only"], indirect=True)
def test_one_connection_serves_many_events(fin: FinSimulator) -> None:
    with requests.Session() as session:
        url = f"{fin.url}/custom_helpdesk_conversation_event/"
        for _ in range(3):
            assert session.post(f"{url}other", json={}, timeout=5).status_code == 404
            assert session.get(f"{url}{INTEGRATION_ID}", timeout=5).status_code == 405
            assert session.head(fin.url, timeout=5).status_code == 200


@pytest.mark.parametrize("helpdesk", ["posts_only"], indirect=True)
@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("Transfer-Encoding: chunked", 411),
        ("Content-Length: many", 411),
        ("Content-Length: 1000001", 413),
    ],
)
def test_what_cannot_be_read_is_refused(fin: FinSimulator, head: str, status: int) -> None:
    host, port = fin.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize("helpdesk", ["posts_only"], indirect=True)
def test_stopping_ends_idle_connections(helpdesk: ContractHelpdesk) -> None:
    fin = make(helpdesk)
    fin.start()
    host, port = fin.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /messenger/app.js HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(10)
        fin.stop()
        while connection.recv(65536):
            pass
