"""A small threaded HTTP/1.1 server that ends cleanly, idle connections included."""

import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from requests.structures import CaseInsensitiveDict

MAX_BODY = 1_000_000


@dataclass(frozen=True)
class Request:
    """A request read whole; a repeated parameter or header counts by its last value."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """An answer to a request; the server adds its length."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class LoopbackServer(ThreadingHTTPServer):
    """Serves one function; `port` is the one that the system chose if 0 was asked for."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, respond: Callable[[Request], Reply]) -> None:
        super().__init__((host, port), _Handler)
        self.respond = respond
        self._connections: set[Any] = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="fin-server")

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End all connections and wait for their threads."""
        self.shutdown()
        self._thread.join()
        with self._guard:
            for connection in self._connections:
                _end(connection)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def _serve(self) -> None:
        self.serve_forever(poll_interval=0.05)


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was quicker


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60
    server: LoopbackServer

    def _handle(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit():
            self._send(Reply(HTTPStatus.LENGTH_REQUIRED), close=True)
            return
        if int(length) > MAX_BODY:
            self._send(Reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE), close=True)
            return
        target = urlsplit(self.path)
        query = dict(parse_qsl(target.query, keep_blank_values=True))
        headers = CaseInsensitiveDict(self.headers.items())
        body = self.rfile.read(int(length))
        request = Request(self.command, target.path, query, headers, body)
        self._send(self.server.respond(request))

    def do_GET(self) -> None:
        self._handle()

    def do_HEAD(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _send(self, reply: Reply, *, close: bool = False) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != HTTPStatus.NO_CONTENT:  # RFC 9110, 8.6
            self.send_header("Content-Length", str(len(reply.body)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, *args: Any) -> None:
        pass  # the journal says more
