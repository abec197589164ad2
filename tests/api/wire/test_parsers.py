"""Reading a body: what a server in front of us may pass on, and what is at its bounds."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.test import RequestFactory

from fin_bridge.api.wire.parsers import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_MEMBERS,
    MAX_TEXT,
    MOST_DISCARDED,
    check_sizes,
    parse_body,
    read_body,
)
from fin_bridge.api.wire.problems import ProblemError


def parse(body: bytes) -> dict[str, Any]:
    request = RequestFactory().post("/", body, content_type="application/json")
    return parse_body(read_body(request), request)


def chunked(body: bytes) -> ASGIRequest:
    """A request that names no length, as ASGI servers pass it on."""
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    return ASGIRequest(scope, BytesIO(body))


def test_a_body_of_no_announced_length_is_read_to_the_bound() -> None:
    assert read_body(chunked(b"x" * MAX_BYTES)) == b"x" * MAX_BYTES
    with pytest.raises(ProblemError) as raised:
        read_body(chunked(b"x" * (MAX_BYTES + 1)))
    assert raised.value.problem.status == 413


class Counted(BytesIO):
    """A body that tells how much of it was read."""

    consumed = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.consumed += len(found)
        return found


def announced(size: int, stream: Any) -> Any:
    """A request of that length."""
    environ: Any = {"CONTENT_LENGTH": str(size), "wsgi.input": stream}
    return RequestFactory().post("/", **environ)


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 3_000_000, MOST_DISCARDED])
def test_what_is_left_of_a_large_body_is_read_and_thrown_away(size: int) -> None:
    stream = Counted(b"x" * size)
    with pytest.raises(ProblemError) as raised:
        read_body(announced(size, stream))
    assert (raised.value.problem.status, stream.consumed) == (413, size)


def test_of_a_body_without_an_end_only_so_much_is_read() -> None:
    untouched = Counted(b"x")
    with pytest.raises(ProblemError) as raised:
        read_body(announced(MOST_DISCARDED + 1, untouched))
    assert (raised.value.problem.status, untouched.consumed) == (413, 0)
    endless = Counted(b"x" * (2 * MOST_DISCARDED))
    with pytest.raises(ProblemError) as raised:
        read_body(of_a_server(endless))
    assert raised.value.problem.status == 413
    assert endless.consumed == MAX_BYTES + 1 + MOST_DISCARDED


class BreaksOff(BytesIO):
    """A body whose sender goes away after the cap."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > MAX_BYTES:
            raise OSError("gone")
        return super().read(size)


def test_a_large_body_that_breaks_off_is_a_413_all_the_same() -> None:
    with pytest.raises(ProblemError) as raised:
        read_body(of_a_server(BreaksOff(b"x" * (MAX_BYTES + 1))))
    assert raised.value.problem.status == 413


def of_a_server(stream: Any) -> Any:
    """The same from a WSGI server that says so when the chunks have ended."""
    request = RequestFactory().post("/", HTTP_TRANSFER_ENCODING="chunked")
    request.META.update(
        {"CONTENT_LENGTH": "", "wsgi.input": stream, "wsgi.input_terminated": True}
    )
    return request


def test_a_web_servers_chunks_are_read_to_the_bound_too() -> None:
    assert read_body(of_a_server(BytesIO(b"{}"))) == b"{}"
    with pytest.raises(ProblemError) as raised:
        read_body(of_a_server(BytesIO(b"x" * (MAX_BYTES + 1))))
    assert raised.value.problem.status == 413


class Broken:
    """What a server gives to read where chunks, or the trailer behind them, are none."""

    def read(self, size: int) -> bytes:
        raise SyntaxError("an error of the server's own kind")


def test_a_body_that_breaks_off_is_the_requests_fault() -> None:
    with pytest.raises(ProblemError) as raised:
        read_body(of_a_server(Broken()))
    assert (raised.value.problem.status, str(raised.value)) == (400, "The body broke off.")


def test_a_length_that_is_none_is_none() -> None:
    request = RequestFactory().generic("POST", "/", b"{}", CONTENT_LENGTH="many")
    assert read_body(request) == b""


def test_an_announced_length_is_believed_before_anything_is_read() -> None:
    request = RequestFactory().generic("POST", "/", b"{}", CONTENT_LENGTH=str(MAX_BYTES + 1))
    with pytest.raises(ProblemError) as raised:
        read_body(request)
    assert raised.value.problem.status == 413


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", {}),
        (b"{}", {}),
        (b' {"a": "\xc3\xa9\\ud83d\\ude00"} ', {"a": "é😀"}),
        (b'{"a": 1, "b": {"a": 1}}', {"a": 1, "b": {"a": 1}}),
        (b'{"a": -0.5e3}', {"a": -500.0}),
        (b'{"a": %s}' % (b"9" * MAX_DIGITS), {"a": int("9" * MAX_DIGITS)}),
    ],
)
def test_what_is_read(body: bytes, value: Any) -> None:
    assert parse(body) == value


def nested(depth: int) -> bytes:
    """An object of that depth."""
    return b'{"a":' * depth + b"1" + b"}" * depth


def test_how_deep_is_too_deep() -> None:
    assert parse(nested(MAX_DEPTH - 1))
    for depth in (MAX_DEPTH, 900, 20_000):
        with pytest.raises(ProblemError) as raised:
            parse(nested(depth))
        assert raised.value.problem.detail == f"The body is nested deeper than {MAX_DEPTH}."


def test_one_digit_more_is_too_many() -> None:
    with pytest.raises(ProblemError):
        parse(b'{"a": %s}' % (b"9" * (MAX_DIGITS + 1)))


@pytest.mark.parametrize("value", [["x" * MAX_TEXT] * MAX_MEMBERS, {"x" * MAX_TEXT: [1, None]}])
def test_what_is_just_small_enough(value: Any) -> None:
    check_sizes(value)
