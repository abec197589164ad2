"""Long lists: whole, in bounded memory, and a problem instead of half an answer."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.http import HttpResponse

from fin_bridge.api.wire import responses
from fin_bridge.api.wire.response_bodies import PostsOnly, Rest
from fin_bridge.json_values import instant, plain
from fin_bridge.records import EndUser, Message

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


BODY = "<p>" + "x" * 300 + "</p>"


def messages(number: int) -> Iterator[Message]:
    author = EndUser("1", "Ada")
    for key in range(number):
        yield Message(str(key), "1", author, "public", NOW, BODY)


@pytest.mark.django_db  # the end of a response looks after the connections
@pytest.mark.parametrize("dialect", [Rest(), PostsOnly()])
@pytest.mark.parametrize("number", [0, 1, 2, 10_000])
def test_a_list_is_whole_however_long(dialect: Rest, number: int) -> None:
    response = responses.success(200, responses.written(dialect, messages(number)))
    content = b"".join(response)
    data = json.loads(content)
    shown = data["data"] if isinstance(dialect, PostsOnly) else data
    assert [message["id"] for message in shown] == [str(key) for key in range(number)]
    assert response.headers.get("Content-Length", str(len(content))) == str(len(content))
    response.close()


@pytest.mark.parametrize("dialect", [Rest(), PostsOnly()])
@pytest.mark.parametrize("known", [0, 1, 7, 49, 50, 51, 120])
@pytest.mark.parametrize("later", [0, 1, 60])
def test_a_list_may_forget_what_came_before(dialect: Rest, known: int, later: int) -> None:
    def records() -> Iterator[object]:
        yield from messages(known)
        yield responses.FORGET
        yield from messages(later)

    data = json.loads(b"".join(responses.success(200, responses.written(dialect, records()))))
    shown = data["data"] if isinstance(dialect, PostsOnly) else data
    assert [message["id"] for message in shown] == [str(key) for key in range(later)]


def test_memory_is_bounded() -> None:
    tracemalloc.start()
    with responses.written(Rest(), messages(30_000)) as content:
        size = sum(len(chunk) for chunk in responses.success(200, content))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 12_000_000
    assert peak < 2 * responses.IN_MEMORY + 2_000_000


def test_what_fails_on_the_way_fails_before_the_first_byte() -> None:
    def broken() -> Iterator[Message]:
        yield from messages(10_000)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        responses.written(Rest(), broken())


def test_half_a_surrogate_pair_costs_no_answer() -> None:
    """No text column holds one; SQLite's of JSON do, and what a description decodes may."""
    user = EndUser("1", "Ada", attributes={"mail": "a\ud800"})
    for answer in (user, iter([user])):
        response = responses.success(200, responses.written(Rest(), answer))
        assert b'"mail":"a?"' in b"".join(response)


def test_a_short_list_needs_no_file() -> None:
    response = responses.success(200, responses.written(Rest(), messages(3)))
    assert isinstance(response, HttpResponse)


def test_times_are_told_in_utc() -> None:
    moment = datetime(2026, 11, 22, 12, 30, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    assert instant(moment) == "2026-11-22T10:30:00.000005Z"


def test_what_json_does_not_know() -> None:
    assert plain({"a": Decimal("1.5"), "b": NOW, "c": (1, 2), "d": object}) == {
        "a": "1.5",
        "b": "2026-11-22T12:00:00Z",
        "c": [1, 2],
        "d": "<class 'object'>",
    }
    numbers = [1.5, float("nan"), (float("inf"), {"e": float("-inf")})]
    assert plain({"f": numbers}) == {"f": [1.5, None, [None, {"e": None}]]}
