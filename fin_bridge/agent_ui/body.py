"""Reads the conversation's id from the body of an agent's request: once, and of bounded size."""

from __future__ import annotations

import json
from typing import Any, Final

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError

LIMIT: Final = 4096  # bytes; an id has at most 255 characters

MALFORMED: Final = (
    ValueError,  # a lone surrogate, which JSON can spell and no database stores, is one as well
    RecursionError,
    OSError,
    BadRequest,
    SuspiciousOperation,
    MultiPartParserError,
)


def conversation_id(request: HttpRequest) -> str | None:
    """Return the id in a body of JSON or of a form; None for a body without one or malformed."""
    try:
        value = _read(request)
        return value if isinstance(value, str) and value.encode() else None
    except MALFORMED:
        # The protection against CSRF looks at the form later and must not stumble over it too.
        request.POST = QueryDict()
        return None


def _read(request: HttpRequest) -> Any:
    declared = int(request.META.get("CONTENT_LENGTH") or 0)
    if declared > LIMIT or len(request.body) > LIMIT:
        raise ValueError("The body is too large.")
    if request.content_type != "application/json":
        return request.POST.get("conversation_id")
    parsed = json.loads(request.body)
    return parsed.get("conversation_id") if isinstance(parsed, dict) else None
