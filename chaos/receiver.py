"""Fin on a bad day: it fails, stalls, resets, asks to wait, and pulls what it was told of.

Each POST is a line of an fsynced journal before it is answered.
"""

from __future__ import annotations

import json
import queue
import random
import socket
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import requests

from chaos.journal import Journal

FAULTS: Final = {
    # How a POST is met: out of a thousand while all is well otherwise.
    "500": 15,
    "502 with a page": 3,
    "503 with Retry-After": 2,
    "429": 2,
    "400": 2,
    "403 from a gateway": 2,
    "404": 1,
    "redirect": 2,
    "reset before the answer": 6,
    "stalled": 2,
    "answered, then reset": 3,
}
LATE: Final = {"400", "404"}
"""Tried again only after seconds or a minute: not among the last faults of a run."""

MOODS: Final = ("well", "down", "hung")
PULLERS: Final = 2


class Receiver:
    """A server on a free port of loopback; `web_url` is where it pulls from."""

    def __init__(self, journal: Journal, web_url: str, token: str, seed: int) -> None:
        self.mood = "well"
        self.faults = dict(FAULTS)
        self._journal = journal
        self._pulls = _Pulls(journal, web_url, token)
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                receiver.answer(self)

            def log_message(self, *args: object) -> None:
                """Silent: the journal says it all."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *args: object) -> None:
                """Clients are killed here."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def unpulled(self) -> int:
        """How many pulls are still to be made."""
        return self._pulls.waiting

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Read the POST, note it, and do to it what chance decides."""
        arrived = time.time()
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        conversation = body["conversation_id"]
        fault = self._fault()
        told = fault in {"", "answered, then reset"}
        self._journal.write(at=arrived, conversation=conversation, told=told, fault=fault)
        if told:
            self._pulls.ask_for(conversation)
        _ANSWERS[fault](handler)

    def _fault(self) -> str:
        if self.mood != "well":
            return self.mood
        with self._lock:
            chance = self._random.random() * 1000
        for fault, share in self.faults.items():
            chance -= share
            if chance < 0:
                return fault
        return ""

    def close(self) -> None:
        """Serve no longer."""
        self._server.shutdown()
        self._server.server_close()


class _Pulls:
    """Pulls a conversation and its messages, and tries again for as long as that fails."""

    def __init__(self, journal: Journal, web_url: str, token: str) -> None:
        self._journal, self._web_url = journal, web_url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._wanted: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._asked: set[str] = set()
        self._under_way = 0
        for _ in range(PULLERS):
            threading.Thread(target=self._run, daemon=True).start()

    @property
    def waiting(self) -> int:
        with self._lock:
            return len(self._asked) + self._under_way

    def ask_for(self, conversation: str) -> None:
        with self._lock:
            if conversation in self._asked:
                return  # a pull that has not begun serves this POST too
            self._asked.add(conversation)
        self._wanted.put(conversation)

    def _run(self) -> None:
        session = requests.Session()
        session.trust_env = False
        pause = threading.Event()
        while True:
            conversation = self._wanted.get()
            with self._lock:
                self._asked.discard(conversation)
                self._under_way += 1
            try:
                self._pull(session, conversation)
            except (requests.RequestException, ValueError):
                self.ask_for(conversation)
                pause.wait(0.5)
            finally:
                with self._lock:
                    self._under_way -= 1

    def _pull(self, session: requests.Session, conversation: str) -> None:
        began = time.time()
        seen = self._get(session, "conversation", conversation)
        messages = self._get(session, "messages", conversation)
        self._journal.write(
            at=began,
            pulled=conversation,
            title=None if seen is None else seen["title"],
            messages=None if messages is None else len(messages),
        )

    def _get(self, session: requests.Session, name: str, conversation: str) -> Any:
        answer = session.get(
            f"{self._web_url}/api/fin/{name}",
            params={"conversation_id": conversation},
            headers=self._headers,
            timeout=10,
        )
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        return answer.json()


def _status(code: int, body: bytes = b"", **headers: str) -> Callable[..., None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if code != 204:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def _reset(handler: BaseHTTPRequestHandler) -> None:
    """A close with a lingering time of nothing is a RST."""
    handler.close_connection = True
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()


def _answer_and_reset(handler: BaseHTTPRequestHandler) -> None:
    _status(204)(handler)
    _reset(handler)


def _stall(handler: BaseHTTPRequestHandler) -> None:
    """Until the other side has had enough."""
    handler.close_connection = True
    handler.connection.settimeout(60)
    handler.connection.recv(1)


_ANSWERS: Final[dict[str, Callable[[BaseHTTPRequestHandler], None]]] = {
    "": _status(204),
    "500": _status(500, b"oops"),
    "502 with a page": _status(502, b"<html>", Content_Type="text/html"),
    "503 with Retry-After": _status(503, Retry_After="1"),
    "429": _status(429, Retry_After="1"),
    "400": _status(400),
    "403 from a gateway": _status(403, b"{}", Content_Type="application/json"),
    "404": _status(404),
    "redirect": _status(302, Location="http://127.0.0.1:9/"),
    "reset before the answer": _reset,
    "stalled": _stall,
    "answered, then reset": _answer_and_reset,
    "down": _status(503),
    "hung": _stall,
}
