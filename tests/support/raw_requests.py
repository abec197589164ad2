"""What is sent over a raw socket to one of our doors, and who may answer it with what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

By = Literal["door", "server", "django", "nobody"]
"""We; the web server, before Django sees anything; Django, before we do; or nobody."""


@dataclass(frozen=True)
class Door:
    """A request that is let in, and how its credentials are made."""

    name: str
    method: str
    path: str
    content_type: str
    body: bytes
    success: int
    credentials: Callable[[bytes], Sequence[str]]
    """Lines of a header; of the body that is signed, where one is."""
    takes_chunks: bool = True

    def request(
        self,
        *more: bytes,
        line: bytes = b"",
        host: bytes = b"Host: 127.0.0.1",
        content_type: bytes = b"",
        framing: bytes | None = None,
        body: bytes | None = None,
        signed: bytes | None = None,
        end: bytes = b"\r\n",
    ) -> bytes:
        """The good request, but for what is given; `signed` is the body that is signed."""
        body = self.body if body is None else body
        head = [
            line or f"{self.method} {self.path} HTTP/1.1".encode(),
            host,
            *(one.encode() for one in self.credentials(body if signed is None else signed)),
            b"Content-Type: " + (content_type or self.content_type.encode()),
            b"Content-Length: %d" % len(body) if framing is None else framing,
            *more,
        ]
        return end.join([*filter(None, head), b"", b""]) + body

    def to(self, target: bytes, method: bytes = b"", version: bytes = b"HTTP/1.1") -> bytes:
        """The good request, to another address or by another method."""
        return self.request(line=b"%s %s %s" % (method or self.method.encode(), target, version))


@dataclass(frozen=True)
class Case:
    """Some bytes; by default they are sent at once, and then no more."""

    what: str
    pieces: Iterable[bytes]
    by: By = "door"
    statuses: tuple[int, ...] = ()
    """Of the answers, in their order; empty for any that is none of a mistake of ours."""
    pause: float = 0
    """Seconds between two pieces."""
    is_cut: bool = False
    """After the last piece the connection is reset, and nothing is read."""
