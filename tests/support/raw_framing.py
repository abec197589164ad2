"""Requests that are in doubt about where they end: chunks, lengths, both, and neither."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterator

from fin_bridge.api.wire.parsers import MAX_BYTES
from tests.support.raw_requests import Case, Door

CHUNKED = b"Transfer-Encoding: chunked"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
"""What must never be taken for a request; the server's log would name it."""

END = b"0\r\n\r\n"
BAD_SIZES = [
    "zz",
    "-1",
    "+1",
    "0x10",
    "",
    " ",
    "1 1",
    "1_0",
    "f" * 20,
    "f" * 9000,
    "1;" + "a" * 9000,
]
BAD_TRAILERS = [
    b"no colon",
    b": x",
    b"Content-Length: 5",
    b"Host: x",
    b"a b: c",
    b"X: \0",
    b"X: 1\n",
]
BAD_LENGTHS = ["-1", "+5", "5,5", "5 5", "0x5", "5.0", "1e3", "", "many", "\xb2", "\x00", "5\x0b"]
CODINGS = [
    CHUNKED,
    b"transfer-encoding: Chunked",
    b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding:\tchunked",
    b"Transfer-Encoding: \x0bchunked",
    b"Transfer-Encoding : chunked",
    b"Transfer-Encoding: chunked, identity",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: identity, chunked",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding:\r\n chunked",
    b"X: x\nTransfer-Encoding: chunked",
]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def good_chunks(door: Door) -> Iterator[Case]:
    good, success = chunk(door.body), (door.success if door.takes_chunks else 400,)
    head = door.request(body=b"", signed=door.body, framing=CHUNKED)
    bytewise = [chunk(door.body[at : at + 1]) for at in range(len(door.body))]
    extended = good.replace(b"\r\n", b";a=b\r\n", 1)
    trailer = b"0\r\nX-More: 1\r\n\r\n"
    yield Case("chunked", [head, good, END], statuses=success)
    yield Case("chunked byte by byte", [head, *bytewise, END], statuses=success)
    yield Case("a chunk's extension", [head, extended, END], statuses=success)
    yield Case("a trailer", [head, good, trailer], statuses=success)


def bad_chunks(door: Door) -> Iterator[Case]:
    good = chunk(door.body)
    head = door.request(body=b"", signed=door.body, framing=CHUNKED)
    for size in BAD_SIZES:
        yield Case(f"size {size[:9]!r}", [head, size.encode() + b"\r\n", door.body, b"\r\n", END])
    for trailer in BAD_TRAILERS:
        yield Case(f"trailer {trailer!r}", [head, good, b"0\r\n%s\r\n\r\n" % trailer])
    endless = [b"X: %s\r\n" % (b"x" * 65_000)] * 20
    yield Case("500 trailers", [head, good, b"0\r\n" + b"X: 1\r\n" * 500, b"\r\n"])
    yield Case("trailers without end", [head, good, b"0\r\n", *endless])
    yield Case("a chunk that does not end", [head, good[:-2], b"xx", END])
    yield Case("chunks broken off", [head, good])
    yield Case("a chunk broken off", [head, good[:-9]])
    yield Case("no chunk", [head, END])
    yield Case("chunks of lines with LF", [head, good.replace(b"\r\n", b"\n"), b"0\n\n"])
    yield Case("chunks that are too large", [head, chunk(b" " * (MAX_BYTES + 1)), END])
    forever = itertools.repeat(chunk(b" " * 65_536))
    yield Case("chunks without end", itertools.chain([head], forever))


def lengths(door: Door) -> Iterator[Case]:
    for number in BAD_LENGTHS:
        framing = f"Content-Length: {number}".encode("latin-1")
        yield Case(f"length {number!r}", [door.request(framing=framing)], "server")
    size = len(door.body)
    for length in (10**30, 2**63, size + 50, 0, size - 1):
        framing = b"Content-Length: %d" % length
        yield Case(f"length {length}", [door.request(framing=framing)])
    padded = door.request(framing=b"Content-Length: %015d" % size)
    yield Case("zeros before a length", [padded], statuses=(door.success,))
    once = b"Content-Length: %d" % size
    for other in (once, b"Content-Length: 5", b"content-length: 0"):
        yield Case(f"two lengths {other!r}", [door.request(other, framing=once)], "server")
    yield Case("no length", [door.request(framing=b"Connection: close")])
    yield Case("too large", [door.request(body=b" " * (MAX_BYTES + 1))])


def both(door: Door) -> Iterator[Case]:
    """Whoever believes the other one reads another request behind it."""
    for coding in CODINGS:
        for body in (END + SMUGGLED, chunk(SMUGGLED) + END):
            for length in (len(body), 4):
                framing = b"Content-Length: %d\r\n%s" % (length, coding)
                what = f"{coding.decode('latin-1')!r} and {length} of {len(body)}"
                yield Case(what, [door.request(framing=framing, body=body)], "server")
    for coding in (b"identity", b"gzip", b"xchunked", b"chunked, identity", b""):
        raw = door.request(framing=b"Transfer-Encoding: " + coding)
        yield Case(f"only {coding!r}", [raw], "server")
    packed = chunk(gzip.compress(door.body)) + END
    raw = door.request(framing=b"Transfer-Encoding: gzip, chunked", body=packed, signed=door.body)
    yield Case("packed chunks", [raw])
    old = f"{door.method} {door.path} HTTP/1.0".encode()
    raw = door.request(line=old, framing=CHUNKED, body=END + SMUGGLED)
    yield Case("chunked in HTTP/1.0", [raw], "server")


def corpus(door: Door) -> Iterator[Case]:
    for cases in (good_chunks, bad_chunks, lengths, both):
        yield from cases(door)
