"""A server in Fin's place: a process of its own, as cheap as can be, so that it limits nobody.

It answers each POST with 204, after a while if so told, and notes when each arrived, by the
monotonic clock that all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class _Journal:
    """What has arrived since it was cleared."""

    def __init__(self) -> None:
        self.arrivals: list[float] = []
        self.delay = 0.0
        self.expected = 0
        self.complete = threading.Event()

    def clear(self, expected: int, delay: float) -> None:
        self.arrivals, self.expected, self.delay = [], expected, delay
        self.complete.clear()

    def note(self) -> None:
        self.arrivals.append(time.perf_counter())
        if len(self.arrivals) == self.expected:
            self.complete.set()


class _Connection(asyncio.Protocol):
    """HTTP/1.1 as far as clients of a benchmark speak it: one request after another."""

    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found or len(rest) < _length(head):
            return
        self._buffer = rest[_length(head) :]
        self._journal.note()
        if self._journal.delay:
            loop = asyncio.get_running_loop()
            loop.call_later(self._journal.delay, self._transport.write, ANSWER)
        else:
            self._transport.write(ANSWER)


def _length(head: bytes) -> int:
    _, _, after = head.lower().partition(b"\r\ncontent-length:")
    return int(after.partition(b"\r\n")[0] or 0)


def receiver() -> Callable[..., Any]:
    """Its orders: where it is, what to expect, to wait for all of that, or for what else comes."""
    journal, started = _Journal(), threading.Event()
    address: list[str] = []

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(journal), "127.0.0.1", 0)
        address.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        started.set()
        await server.serve_forever()

    threading.Thread(target=asyncio.run, args=[serve()], daemon=True).start()
    started.wait()

    def obey(expect: int = 0, delay: float = 0.0, wait: float = 0.0, quiet: float = 0.0) -> Any:
        if expect:
            journal.clear(expect, delay)
        if wait:
            journal.complete.wait(wait)
            return journal.arrivals
        if quiet:
            threading.Event().wait(quiet)
            return journal.arrivals
        return address[0]

    return obey
