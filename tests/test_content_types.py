"""Content types in a form that Django may fail to parse are dropped, at our own doors only.

Those here are harmless: their character set exists, so that Django reads them.
"""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from fin_bridge.content_types import drop_extended

EXTENDED = "application/json; charset*=utf-8''utf-8"
PLAIN = "application/json; charset=utf-8"
OURS = ["/api/fin/get_agents", "/api/fin/nothing", "/fin/typing/"]
OTHERS = ["/admin/", "/nowhere", "/"]


def under_wsgi(path: str, content_type: str) -> str:
    environ = {"PATH_INFO": path, "CONTENT_TYPE": content_type}
    drop_extended(environ=environ)
    return environ["CONTENT_TYPE"]


def under_asgi(path: str, content_type: str, root: str = "") -> list[tuple[bytes, bytes]]:
    headers = [(b"host", b"*"), (b"content-type", content_type.encode())]
    scope: dict[str, Any] = {"path": f"{root}{path}", "root_path": root, "headers": headers}
    drop_extended(scope=scope)
    return [(name, value) for name, value in scope["headers"] if name == b"content-type"]


@pytest.mark.parametrize("path", OURS)
def test_an_extended_one_for_us_is_dropped(path: str) -> None:
    assert under_wsgi(path, EXTENDED) == ""
    assert under_asgi(path, EXTENDED) == []
    assert under_asgi(path, EXTENDED, "/below") == []


@pytest.mark.parametrize("path", OURS)
def test_any_other_for_us_is_left(path: str) -> None:
    for content_type in (PLAIN, ""):
        assert under_wsgi(path, content_type) == content_type
        assert under_asgi(path, content_type) == [(b"content-type", content_type.encode())]


@pytest.mark.parametrize("path", OTHERS)
def test_those_of_the_hosts_own_requests_are_left(path: str) -> None:
    assert under_wsgi(path, EXTENDED) == EXTENDED
    assert under_asgi(path, EXTENDED) == [(b"content-type", EXTENDED.encode())]


def test_a_request_without_one_is_left() -> None:
    environ = {"PATH_INFO": OURS[0]}
    drop_extended(environ=environ)
    assert environ == {"PATH_INFO": OURS[0]}


def test_servers_ask(db: None) -> None:
    answer: Any = Client().post(OURS[0], b"{}", content_type=EXTENDED)
    assert (answer.status_code, answer.wsgi_request.content_type) == (401, "")


@pytest.mark.django_db(transaction=True)
def test_asynchronous_servers_ask() -> None:
    post = async_to_sync(AsyncClient().post)
    answer: Any = post(OURS[0], b"{}", content_type=EXTENDED)
    assert (answer.status_code, answer.asgi_request.content_type) == (401, "")
