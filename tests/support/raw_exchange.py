"""Bytes over a socket, and the answers among those that come back."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from tests.support.raw_requests import Case


@dataclass(frozen=True)
class Answer:
    """One of those that came over a connection."""

    status: int
    headers: dict[str, str]
    body: bytes


LAST_CHUNK = b"\r\n0\r\n\r\n"
HEAD = re.compile(rb"HTTP/1\.[01] (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n")


def answers(raw: bytes) -> Iterator[Answer]:
    """All of them; whatever else came fails."""
    raw = raw.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    while raw:
        head = HEAD.match(raw)
        assert head, raw[:200]
        lines = head[2].decode("latin-1").splitlines()
        headers = {
            name.lower(): value for name, _, value in (one.partition(": ") for one in lines)
        }
        raw = raw[head.end() :]
        length = length_of_body(headers, raw)
        yield Answer(int(head[1]), headers, raw[:length])
        raw = raw[length:]


def length_of_body(headers: Mapping[str, str], rest: bytes) -> int:
    """With the chunks' own bytes, where it comes in such."""
    if not rest or rest.startswith(b"HTTP/1."):  # a HEAD's answer names what it lacks
        return 0
    if "content-length" in headers:
        return int(headers["content-length"])
    return rest.index(LAST_CHUNK) + len(LAST_CHUNK)


async def exchange(port: int, case: Case) -> bytes:
    """Send its bytes and read to the end; what is sent to a closed door is lost, not read."""
    loop = asyncio.get_running_loop()
    received = bytearray()

    async def receive() -> None:
        with suppress(OSError):
            while data := await loop.sock_recv(connection, 65_536):
                received.extend(data)

    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setblocking(False)
        receiving = asyncio.create_task(receive())
        with suppress(OSError):
            for piece in case.pieces:
                await loop.sock_sendall(connection, piece)
                await asyncio.sleep(case.pause)
            if not case.is_cut:
                connection.shutdown(socket.SHUT_WR)
        if case.is_cut:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            receiving.cancel()
            received.clear()
        await asyncio.wait([receiving])
    return bytes(received)
