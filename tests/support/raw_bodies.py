"""Requests whose body is not what it says, and such as come slowly, in parts, or all at once."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from fin_bridge.api.wire.parsers import MAX_DEPTH
from tests.support.raw_requests import By, Case, Door

JSON, FORM, PARTS = (
    b"application/json",
    b"application/x-www-form-urlencoded",
    b"multipart/form-data; boundary=x",
)
CHARSETS = [
    *(
        b"charset=",
        b"charset=nope",
        b"charset=utf-16",
        b'charset="',
        b"charset=\xff",
    ),
    *(b"charset*=utf-8''utf-8", b"charset*0=utf; charset*1=-8", b"charset=\x80"),
    *(b"a=" + b"x" * 8000, b"charset=" + b"x" * 5000, b";" * 7000),
]
TYPES = [
    *(b"", b";", b"/", b"*/*", b"text/html", b"application/json/x", b"application/json;", b"\xff"),
    *(
        b"multipart/form-data",
        b"multipart/mixed; boundary=x",
        b"multipart/form-data; boundary=\xff",
    ),
    *(b"multipart/form-data; boundary=", b"multipart/form-data; boundary=" + b"x" * 5000),
    *(kind + b"; " + charset for kind in (JSON, FORM, PARTS) for charset in CHARSETS),
]

BODIES = [
    *(
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe{\0}\0",
        b"\xef\xbb\xbf{}",
        b"[" * (MAX_DEPTH + 1),
        b'{"a":' * (MAX_DEPTH + 1),
    ),
    *(b"\0" * 1000, b'"\\ud800"', b'{"user_id": "\\u0000"}', b'{"conversation_id": "\\ud800"}'),
    *(
        b'{"conversation_id": "a\\u0000"}',
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": %s}' % (b"9" * 100),
    ),
    *(
        gzip.compress(b"{}"),
        gzip.compress(b" " * 100_000),
        b"a=%FF",
        b"conversation_id=%00",
        b"&" * 9000,
    ),
]
DISPOSITION = b'Content-Disposition: form-data; name="conversation_id"'
MULTIPART = [
    *(b"", b"--x", b"--x--", b"--x\r\n", b"--x\r\n\r\n", b"--y\r\n\r\n--y--", b"--x\r\n" * 2000),
    b"--x\r\n%s\r\n\r\n1\r\n--x--\r\n" % DISPOSITION,
    b"--x\r\n%s\r\n\r\n\xff\0\r\n--x--\r\n" % DISPOSITION,
    b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="f"; filename="../\0"\r\n\r\n1\r\n--x--\r\n',
    b"--x\r\n%s\r\n%s\r\n\r\n\xff=\r\n--x--" % (b"Content-Transfer-Encoding: base64", DISPOSITION),
    b"--x\r\n%s\r\n\r\n1\r\n--x--" % (b"X: " + b"x" * 3500),
]


def bodies(door: Door) -> Iterator[Case]:
    for given in TYPES:
        yield Case(f"type {given[-30:]!r}", [door.request(content_type=given or b" ")])
    for body in BODIES:
        for given in (JSON, FORM):
            raw = door.request(body=body, content_type=given)
            yield Case(f"{given[-10:]!r} {body[:20]!r}", [raw])
    for body in MULTIPART:
        yield Case(f"parts {body[:60]!r}", [door.request(body=body, content_type=PARTS)])
    packed = gzip.compress(door.body)
    yield Case("gzip", [door.request(b"Content-Encoding: gzip", body=packed)])
    yield Case(
        "gzip that is none", [door.request(b"Content-Encoding: gzip", body=b"\x1f\x8b\xff")]
    )


def rhythms(door: Door) -> Iterator[Case]:
    """In parts, and with parts missing."""
    good, success = door.request(), (door.success,)
    body = good.index(b"\r\n\r\n") + 4
    for share in (1, len(good) // 20, body - 2, body, body + 5, len(good) - 1):
        by: By = "nobody" if share < body else "door"
        yield Case(f"the first {share} bytes", [good[:share]], by)
        yield Case(f"{share} bytes, cut", [good[:share]], "nobody", is_cut=True)
    yield Case("all, and cut", [good], "nobody", is_cut=True)
    slow_body = [good[:body], *(good[at : at + 1] for at in range(body, len(good)))]
    yield Case("a slow body", slow_body, statuses=success, pause=0.02)
    slow_head = [good[at : at + 40] for at in range(0, len(good), 40)]
    yield Case("a slow head", slow_head, statuses=success, pause=0.02)
    asking = door.request(b"Expect: 100-continue")
    yield Case("asks first", [asking[:-9], asking[-9:]], statuses=success, pause=0.2)
    yield Case("asks, and does not wait", [asking], statuses=success)
    yield Case("asks, and goes", [asking[: asking.index(b"\r\n\r\n") + 4]])
    wrong = door.to(door.path.encode(), b"DELETE")
    yield Case("20 at once", [good * 20], statuses=success * 20)
    yield Case("a good one behind each bad one", [(wrong + good) * 5])
    yield Case("something behind it", [good + b"\0\xff\r\n\r\n"])


def corpus(door: Door) -> Iterator[Case]:
    for cases in (bodies, rhythms):
        yield from cases(door)
