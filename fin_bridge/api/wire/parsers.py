"""Parses bodies and queries into data, strictly and within bounds, before anything uses it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote_plus

from django.http import HttpRequest

from .problems import refuse

MAX_BYTES: Final = 1024 * 1024
MOST_DISCARDED: Final = 16 * 1024 * 1024  # bytes of a body that is too large
MAX_DEPTH: Final = 32
MAX_DIGITS: Final = 40  # of an integer: more than any id has, fewer than any database minds
MAX_MEMBERS: Final = 1000  # of a list or an object
MAX_TEXT: Final = 500_000  # characters of one text: some 200 pages


def read_body(request: HttpRequest) -> bytes:
    """Return the raw body, chunked or not; raise a 413 for one of more than `MAX_BYTES`."""
    too_large = refuse(413, f"A body has at most {MAX_BYTES} bytes.")
    stream, announced = _stream(request), _announced(request)
    if announced > MAX_BYTES:
        if announced <= MOST_DISCARDED:
            _discard(stream)
        raise too_large
    try:
        body = bytes(stream.read(MAX_BYTES + 1))
    except Exception as error:  # each web server has its own for chunks that are none
        raise refuse(400, "The body broke off.") from error
    if len(body) > MAX_BYTES:
        _discard(stream)
        raise too_large
    return body


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _stream(request: HttpRequest) -> Any:
    # Django itself reads nothing of a chunked body, for which WSGI names no length.
    meta = request.META
    coding = str(meta.get("HTTP_TRANSFER_ENCODING", "")).lower()
    is_chunked = coding == "chunked" and meta.get("wsgi.input_terminated")
    return meta["wsgi.input"] if is_chunked else request


def _discard(stream: Any) -> None:
    """Read what is left of a body, within a bound.

    A server that closes a connection with bytes still unread breaks it, and the answer is lost.
    """
    size = 64 * 1024
    with suppress(Exception):  # the answer is the same where the body breaks off
        for _ in range(MOST_DISCARDED // size):
            if not stream.read(size):
                return


def parse_body(body: bytes, request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object of a request's body; an empty body is an empty object.

    Raise `ProblemError`: 415 for another content type, 400 for a body that is malformed.
    `check_sizes` is to be asked about the sizes of its parts.
    """
    if not body:
        return {}
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type != "application/json" or charset not in {"utf-8", "utf8"}:
        raise refuse(415, "The content type must be application/json, in UTF-8.")
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except RecursionError:
        raise refuse(400, f"The body is nested deeper than {MAX_DEPTH}.") from None
    except ValueError as error:
        raise refuse(400, f"The body is no JSON: {error}"[:200]) from None
    if not isinstance(value, dict):
        raise refuse(400, "The body must be a JSON object.")
    _check_depth(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("a number is too large")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _constant(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _check_depth(value: Any) -> None:
    # Level by level: a recursion would be as deep as the data.
    level: Iterable[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _children(outer)]
        if not level:
            return
    raise refuse(400, f"The body is nested deeper than {MAX_DEPTH}.")


def check_sizes(value: Any) -> None:
    """Raise `ProblemError`, a 400, for a text, list or object larger than anybody needs."""
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise refuse(400, f"A text has at most {MAX_TEXT} characters.")
    if isinstance(value, dict | list) and len(value) > MAX_MEMBERS:
        raise refuse(400, f"A list or an object has at most {MAX_MEMBERS} members.")
    for inner in (*value, *_children(value)) if isinstance(value, dict) else _children(value):
        check_sizes(inner)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def query_string(request: HttpRequest) -> str:
    """Return the query as it was sent, percent-encoded."""
    return str(request.META.get("QUERY_STRING", ""))


def parse_query(query: str) -> dict[str, str]:
    """Return the parameters of a GET.

    Raise `ValueError` for a query that is not in UTF-8, and for a repeated key: a reader of the
    first value and a reader of the last would see two requests under one signature.
    """
    if not query.isascii():
        raise ValueError("The query is not percent-encoded.")
    found: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        key, _, value = (unquote_plus(part, errors="strict") for part in pair.partition("="))
        if key in found:
            raise ValueError("A parameter is repeated.")
        found[key] = value
    return found
