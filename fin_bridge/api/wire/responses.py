"""Answers as HTTP: written out whole before the first byte leaves, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from ...encoding import encode
from .problems import Problem
from .response_bodies import Rest

IN_MEMORY: Final = 2 * 1024 * 1024
"""Bytes of a list that are held in memory; a longer one waits in a temporary file."""

AT_ONCE: Final = 50
"""Records of a list that are written out at once: one by one takes nearly twice as long."""

_JSON: Final = "application/json"
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def success(dialect: Rest, status: int, answer: Any) -> HttpResponseBase:
    """An operation's answer; an iterator is a list that may be long."""
    before, after = dialect.envelope
    if isinstance(answer, Iterator):
        return _list(dialect, status, answer)
    text = f"{before}{dialect.write(answer)}{after}"
    return HttpResponse(_bytes(text), _JSON, status, headers=_HEADERS)


def failure(dialect: Rest, problem: Problem) -> HttpResponse:
    """A problem."""
    body, content_type = dialect.failure(problem)
    headers = {**_HEADERS, **problem.headers}
    return HttpResponse(encode(body), content_type, problem.status, headers=headers)


def _list(dialect: Rest, status: int, records: Iterator[Any]) -> HttpResponseBase:
    """What fails on the way fails here, as a problem, and not in the middle of an answer."""
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed when it has been sent
    try:
        _write(file, dialect, records)
        length = file.tell()
        file.seek(0)
        if length <= IN_MEMORY:
            with file:
                return HttpResponse(file.read(), _JSON, status, headers=_HEADERS)
    except BaseException:
        file.close()
        raise
    headers = {**_HEADERS, "Content-Length": str(length)}
    return StreamingHttpResponse(_chunks(file), _JSON, status, headers=headers)


def _write(file: IO[bytes], dialect: Rest, records: Iterator[Any]) -> None:
    before, after = dialect.envelope
    file.write(f"{before}[".encode())
    written, comma = map(dialect.writer(), records), ""
    while some := ",".join(islice(written, AT_ONCE)):
        file.write(_bytes(f"{comma}{some}"))
        comma = ","
    file.write(f"]{after}".encode())


def _bytes(text: str) -> bytes:
    """Half a surrogate pair, which some columns of JSON can spell, is a question mark."""
    return text.encode(errors="replace")


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, 64 * 1024), b"")
