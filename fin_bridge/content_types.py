"""Content types that Django falls over before it asks any view (its ticket 36991)."""

from __future__ import annotations

import codecs
from typing import Any

from django.core.signals import request_started
from django.utils.http import parse_header_parameters


def connect() -> None:
    """See each request before Django makes an object of it."""
    request_started.connect(forgive, dispatch_uid="fin_bridge.content_types")


def forgive(
    environ: dict[str, Any] | None = None, scope: dict[str, Any] | None = None, **_: Any
) -> None:
    """Take away what cannot be read: it is as good as none, where it would be a 500."""
    if environ and is_unreadable(environ.get("CONTENT_TYPE", "")):
        environ["CONTENT_TYPE"] = ""
    if scope:
        scope["headers"] = [
            (name, value)
            for name, value in scope["headers"]
            if name != b"content-type" or not is_unreadable(value.decode("latin-1"))
        ]


def is_unreadable(content_type: str) -> bool:
    """Whether a parameter is in a charset, or names one, that there cannot be."""
    if "*" not in content_type:  # RFC 2231; no others are a trouble
        return False
    try:
        _, parameters = parse_header_parameters(content_type)
        codecs.lookup(parameters.get("charset", "utf-8"))
    except (LookupError, ValueError):
        return True
    return False
