"""A way over TCP to a service, which may break."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """Within it, all that goes to `url` goes on to the service that it was made for."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 0)
        self._server = socket.create_server(("127.0.0.1", 0))
        user = parts.netloc.rpartition("@")[0]
        own = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.url = parts._replace(netloc=f"{user}@{own}" if user else own).geturl()
        self.connections: list[socket.socket] = []
        """Those of the clients."""
        self._forgotten: list[socket.socket] = []
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._serving = threading.Thread(target=self._serve)

    def cut(self) -> None:
        """End those that there are."""
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        """As a firewall does: those that there are end with the next word that a client says."""
        self._forgotten = list(self.connections)

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            self.connections.append(near)
            self._sockets += [near, far]
            for source, sink in ((near, far), (far, near)):
                thread = threading.Thread(target=self._copy, args=(source, sink))
                self._threads.append(thread)
                thread.start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while (data := source.recv(65536)) and source not in self._forgotten:
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def __exit__(self, *exc: object) -> None:
        # First nobody may come any more: a client whose connection is cut makes another.
        self._server.shutdown(socket.SHUT_RDWR)
        self._serving.join()
        for connection in self._sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in self._sockets:
            end.close()
        self._server.close()
