"""Which conversation a body names, and which bodies name none."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from fin_bridge.agent_ui.body import LIMIT, conversation_id

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def post(body: bytes, content_type: str, **headers: Any) -> HttpRequest:
    return RequestFactory().post("/", body, content_type=content_type, headers=headers or None)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"conversation_id": "c 1"}', JSON),
        (b'{"conversation_id": "c 1", "more": [1]}', f"{JSON}; charset=utf-8"),
        ('{"conversation_id": "c 1"}'.encode("utf-16"), JSON),
        (b"conversation_id=c+1&csrfmiddlewaretoken=x", FORM),
        (
            b"--b\r\nContent-Disposition: form-data; name=conversation_id\r\n\r\nc 1\r\n--b--\r\n",
            "multipart/form-data; boundary=b",
        ),
    ],
)
def test_json_and_forms_name_it(body: bytes, content_type: str) -> None:
    assert conversation_id(post(body, content_type)) == "c 1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b'"c"',
        b"[]",
        b"{}",
        b'{"conversation_id": ""}',
        b'{"conversation_id": null}',
        b'{"conversation_id": 5}',
        b'{"conversation_id": ["c"]}',
        b'{"conversation_id": "\\ud800"}',
        b'{"conversation_id": "\xff"}',
        b"[" * 2000,
        b"9" * 4090,
        b'{"conversation_id": "c", "x": "%s"}' % (b"x" * LIMIT),
    ],
)
def test_malformed_json_names_none(body: bytes) -> None:
    assert conversation_id(post(body, JSON)) is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", FORM),
        (b"conversation=c", FORM),
        (b"conversation_id=c", f"{FORM}; charset=utf-16"),
        (b"&".join([b"a=1"] * 1010), FORM),
        (b"conversation_id=c", "multipart/form-data; boundary="),
        (b"--b\r\nnonsense", "multipart/form-data; boundary=b"),
        (b"conversation_id=c", "text/plain"),
    ],
)
def test_malformed_forms_name_none(body: bytes, content_type: str) -> None:
    assert conversation_id(post(body, content_type)) is None


def test_a_long_body_is_not_read() -> None:
    request = post(b'{"conversation_id": "c"}', JSON)
    request.META["CONTENT_LENGTH"] = str(LIMIT + 1)
    assert conversation_id(request) is None
    assert not hasattr(request, "_body")


def test_a_long_body_of_no_declared_length_names_none() -> None:
    request = post(b'{"conversation_id": "c"}' + b" " * LIMIT, JSON)
    request.body  # noqa: B018  # as an ASGI server has it: read already
    del request.META["CONTENT_LENGTH"]
    assert conversation_id(request) is None


def test_a_length_that_is_no_number_names_none() -> None:
    request = post(b'{"conversation_id": "c"}', JSON)
    request.META["CONTENT_LENGTH"] = "many"
    assert conversation_id(request) is None


def test_a_request_without_a_body_names_none() -> None:
    assert conversation_id(RequestFactory().get("/?conversation_id=c")) is None
