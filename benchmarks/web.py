"""Requests to a contender's own WSGI application: all of Django's stack, and no network."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any


@cache
def _application() -> Callable[[dict[str, Any], Callable[..., Any]], Any]:
    from django.core.wsgi import get_wsgi_application

    application: Callable[[dict[str, Any], Callable[..., Any]], Any] = get_wsgi_application()
    return application


class RefusedError(Exception):
    """The answer was no success: nothing worth measuring."""


def post(path: str, body: bytes, headers: Mapping[str, str], keep: bool = True) -> bytes:
    """The body of the answer; without `keep` each piece is let go, as a socket would."""
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    response = _application()(environ, lambda status, _headers, *_: statuses.append(status))
    try:
        pieces = [piece if keep else piece[:0] for piece in response]
    finally:
        response.close()
    if not statuses[0].startswith("2"):
        raise RefusedError(f"{path}: {statuses[0]}")
    return b"".join(pieces)
