"""Drops content types at our own addresses that Django may fail to parse (its ticket 36991).

Django parses the header while it makes its request object, before any middleware or view is
asked; what it raises there is an answer of 500. The signal `request_started` comes before that.
"""

from __future__ import annotations

from typing import Any

from django.core.handlers.asgi import get_script_prefix
from django.core.handlers.wsgi import get_path_info
from django.core.signals import request_started
from django.urls import Resolver404, resolve

DOORS = {"fin_bridge", "fin_bridge_agent_ui"}  # the `app_name`s of our two URLconfs


def connect() -> None:
    """Have the header of each request looked at before Django parses it."""
    request_started.connect(drop_extended, dispatch_uid="fin_bridge.content_types")


def drop_extended(
    environ: dict[str, Any] | None = None, scope: dict[str, Any] | None = None, **_: Any
) -> None:
    """Empty a content type with parameters in the form of RFC 2231 if the request is for us.

    Only that form names character sets that there may not be, and neither door has a use for it.
    `environ` is given by WSGI, `scope` by ASGI.
    """
    if environ and "*" in environ.get("CONTENT_TYPE", "") and _is_ours(get_path_info(environ)):
        environ["CONTENT_TYPE"] = ""
    if scope is None or not any(map(_is_extended, scope["headers"])):
        return
    if _is_ours(scope["path"].removeprefix(get_script_prefix(scope))):
        scope["headers"] = [header for header in scope["headers"] if not _is_extended(header)]


def _is_extended(header: tuple[bytes, bytes]) -> bool:
    name, value = header
    return name == b"content-type" and b"*" in value


def _is_ours(path: str) -> bool:
    try:
        return not DOORS.isdisjoint(resolve(path).app_names)
    except Resolver404:
        return False
