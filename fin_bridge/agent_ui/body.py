"""What a keystroke says: which conversation. Read once, cheaply, and no more than a little."""

from __future__ import annotations

import json
from typing import Any, Final

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError

LIMIT: Final = 4096
"""Bytes. An id has at most 255 characters."""

MALFORMED: Final = (
    ValueError,  # a lone surrogate, which JSON can spell and no database stores, is one as well
    RecursionError,
    OSError,
    BadRequest,
    SuspiciousOperation,
    MultiPartParserError,
)


def conversation_id(request: HttpRequest) -> str | None:
    """The id in a body of JSON or of a form; None where there is none or the body is malformed."""
    try:
        given = _read(request)
        return given if isinstance(given, str) and given.encode() else None
    except MALFORMED:
        # Who looks at the form later, as the protection against CSRF does, must not stumble too.
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
