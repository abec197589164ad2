"""Requests whose first line, address or headers are odd, or none at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.support.raw_requests import Case, Door

# What the web server does not let through.
NO_HEADERS = [
    *(b"no colon", b": no name", b"a b: c", b"X : c", b"X: \0", b"X: \r", b"X: \x7f", b"\xff: x"),
    *(b"X: 1\r\n  2", b"X: 1\n2", b"X-Long: " + b"x" * 9000, b"\r\n".join([b"X: 1"] * 200)),
    *(b"\r\n".join([b"X: " + b"x" * 8000] * 130), b"Host: other", b"Expect: 200-ok"),
]
# What it does.
HEADERS = [
    *(b"X: \xff\xfe\x80", b"X_Fin_Signature: 1", b"X:", b"Range: bytes=0-0", b"If-Match: *"),
    *(
        b"Accept: text/html",
        b"Accept: \xff",
        b"Accept: ",
        b"Accept-Charset: none",
        b"TE: trailers",
    ),
    *(b"If-Modified-Since: never", b"If-None-Match: *", b"Upgrade: websocket", b"Origin: null"),
    *(b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__", b"X-Forwarded-For: ' OR 1=1"),
    *(b"X-HTTP-Method-Override: DELETE", b"Content-Disposition: x", b"Referer: \xff"),
    *(b"Accept-Language: " + b"x," * 3000, b"Content-Encoding: gzip", b"X-Forwarded-Proto: \xff"),
    *(b"Cookie: a=" + b"x" * 8000, b"\r\n".join([b"Cookie: a=" + b"x" * 4000] * 40)),
    *(b"Cookie: " + b"a;" * 4000, b"Cookie: sessionid=\xff\xfe", b'Cookie: sessionid="'),
    *(b"Cookie: csrftoken=\xff", b"Cookie: =;=;=", b"Cookie: sessionid=" + b"x" * 500),
]
CREDENTIALS = [b"Authorization", b"X-Fin-Signature", b"X-Fin-Request-Timestamp", b"X-CSRFToken"]
SECRETS = [b"\xff\xfe", b"x" * 8000, b"Basic " + b"=" * 99, b"Basic /w==", b"Bearer \xe9", b"\t"]
HOSTS = [b"\xff", b"evil.example", b"127.0.0.1:x", b"a b", b"[::1", b"x" * 8000, b"a@127.0.0.1"]

ENDS = [
    *(
        b"%00",
        b"%FF",
        b"%C0%80",
        b"%ED%A0%80",
        b"%",
        b"%2",
        b"%zz",
        b"%0d%0aX:1",
        b"%2e%2e/",
        b"*",
    ),
    *(
        b"x" * 8000,
        b"%00" * 2600,
        b"/" * 8000,
        b";x=1",
        b"\\",
        b"%5c",
        b"<script>",
        b"oauth/tokens",
    ),
    *(b"attachments/%00/%00", b"attachments/x/%FF", b"attachments/" + b"x" * 7000 + b"/x"),
]
QUERIES = [
    *(b"%", b"%zz", b"%00", b"a=%FF", b"&&&", b"=", b"a=1&a=2", b"a&" * 3900, b"[]=1", b"?", b";"),
    *(b"%ED%A0%80", b"format=html", b"format=%00", b"user_id=%00", b"a=" + b"%00" * 2600),
]
RAW = [b"\0", b"\xff", b"\xc3\xa9", b" x", b"\t", b"\x7f", b"x" * 9000, b"x" * 1_000_000]

METHODS = [b"HEAD", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"FROBNICATE", b"X" * 20]
NO_METHODS = [b"post", b"P\xd6ST", b"P(ST", b"X" * 2000, b"", b"#", b"\0"]
NO_LINES = [
    *(b"GET %s", b"GET %s HTTP/0.9", b"GET %s HTTP/3.7", b"GET %s HTTP/11", b"GET %s http/1.1"),
    *(b"GET %s HTTP/1.1 x", b"GET  %s  HTTP/1.1", b"%s", b"HTTP/1.1 200 OK", b"\xff\xfe", b"GET"),
    *(b"GET %s HTTP/", b"GET\t%s\tHTTP/1.1", b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2"),
    *(
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
    ),
]


def headers(door: Door) -> Iterator[Case]:
    for line in NO_HEADERS:
        yield Case(f"header {line[:20]!r}", [door.request(line)], "server")
    for line in HEADERS:
        yield Case(f"header {line[:20]!r}", [door.request(line)])
    bare = replace(door, credentials=lambda _: ())
    for name in CREDENTIALS:
        for secret in SECRETS:
            line = b"%s: %s" % (name, secret)
            yield Case(f"one more {line[:40]!r}", [door.request(line)])
            yield Case(f"only {line[:40]!r}", [bare.request(line)])
    for host in HOSTS:
        raw = door.request(host=b"Host: " + host)
        yield Case(f"host {host[:14]!r}", [raw], "django")


def targets(door: Door) -> Iterator[Case]:
    path = door.path.encode()
    below = path.rstrip(b"/").rpartition(b"/")[0]
    for end in ENDS if door.path.startswith("/api/fin/") else ():
        yield Case(f"path {end[:20]!r}", [door.to(below + b"/" + end)])
        yield Case(f"GET {end[:20]!r}", [door.to(below + b"/" + end, b"GET")])
    for query in QUERIES:
        yield Case(f"query {query[:20]!r}", [door.to(path + b"?" + query)])
        yield Case(f"GET ?{query[:20]!r}", [door.to(path + b"?" + query, b"GET")])
    for raw in RAW:
        yield Case(f"raw path {raw[:9]!r}", [door.to(path + raw)], "server")
        yield Case(f"raw query {raw[:9]!r}", [door.to(path + b"?" + raw)], "server")
    yield Case("absolute", [door.to(b"http://127.0.0.1" + path)], statuses=(door.success,))
    yield Case("another scheme", [door.to(b"javascript:" + path)], "server")
    yield Case("CONNECT", [door.to(b"127.0.0.1:80", b"CONNECT")], "django")


def lines(door: Door) -> Iterator[Case]:
    path = door.path.encode()
    for method in METHODS:
        yield Case(f"method {method!r}", [door.to(path, method)])
    for method in NO_METHODS:
        yield Case(f"method {method[:9]!r}", [door.to(path, method or b" ")], "server")
    for line in NO_LINES:
        line = line.replace(b"%s", path)
        yield Case(f"line {line[:30]!r}", [door.request(line=line)], "server")
    yield Case("lines end with LF", [door.request(end=b"\n")], "server")
    yield Case("lines end with CR", [door.request(end=b"\r")], "nobody")
    yield Case("HTTP/1.0", [door.to(path, version=b"HTTP/1.0")], statuses=(door.success,))
    yield Case("nothing", [b""], "nobody")
    yield Case("empty lines", [b"\r\n" * 100], "server")
    yield Case("bytes", [bytes(range(256)) * 40], "server")


def corpus(door: Door) -> Iterator[Case]:
    for cases in (headers, targets, lines):
        yield from cases(door)
