"""HTTP responses to Fin: written out whole before the first byte leaves, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final
from wsgiref.util import FileWrapper

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from ...json_values import encode
from .problems import Problem
from .response_bodies import Rest

IN_MEMORY: Final = 2 * 1024 * 1024  # bytes
"""An answer up to this size is held in memory; a longer one waits in a temporary file."""

AT_ONCE: Final = 50
"""So many records are written out at once; single writes take nearly twice as long."""

FORGET: Final = object()
"""Among the records of a list, it takes back all those before it: Fin has them already."""

_JSON: Final = "application/json"
_HEADERS: Final = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def written(dialect: Rest, answer: Any) -> IO[bytes]:
    """Write an operation's answer, where an iterator is a list of records, into a file.

    What fails on the way fails here, as a problem, and not in the middle of a response.
    """
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed by whoever sends it
    try:
        for text in _texts(dialect, answer):
            if text is None:
                file.seek(0)
                file.truncate()
            else:
                # Half a surrogate pair, which some columns of JSON can spell, is a question mark.
                file.write(text.encode(errors="replace"))
    except BaseException:
        file.close()
        raise
    return file


def _texts(dialect: Rest, answer: Any) -> Iterator[str | None]:
    """Yield the answer's text in pieces; None takes back all pieces before it."""
    before, after = dialect.envelope
    if isinstance(answer, Iterator):
        yield from _list(dialect.writer(), answer, f"{before}[", f"]{after}")
    else:
        yield f"{before}{dialect.write(answer)}{after}"


def _list(
    write: Callable[[Any], str], records: Iterator[Any], before: str, after: str
) -> Iterator[str | None]:
    opening, batch = before, list[str]()
    for record in records:
        if record is FORGET:
            yield None
            opening, batch = before, []
            continue
        batch.append(write(record))
        if len(batch) == AT_ONCE:
            yield f"{opening}{','.join(batch)}"
            opening, batch = ",", []
    if batch or opening == before:
        yield f"{opening}{','.join(batch)}"
    yield after


def success(status: int, content: IO[bytes]) -> HttpResponseBase:
    """Respond with a written answer, and close its file once it is sent."""
    length = content.tell()
    content.seek(0)
    if length <= IN_MEMORY:
        with content:
            return HttpResponse(content.read(), _JSON, status, headers=_HEADERS)
    headers = {**_HEADERS, "Content-Length": str(length)}
    chunks = FileWrapper(content, 64 * 1024)
    return StreamingHttpResponse(chunks, _JSON, status, headers=headers)


def failure(dialect: Rest, problem: Problem) -> HttpResponse:
    """Respond with a problem in the dialect's form."""
    body, content_type = dialect.failure(problem)
    headers = {**_HEADERS, **problem.headers}
    return HttpResponse(encode(body), content_type, problem.status, headers=headers)
