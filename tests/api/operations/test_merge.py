"""The decision of who wins, as a table."""

from __future__ import annotations

from typing import Any

import pytest

from fin_bridge.api.operations.merge import Decision, decide


@pytest.mark.parametrize(
    ("wanted", "now", "shown", "written", "kept"),
    [
        ({}, {"title": "a"}, {"title": "b"}, {}, ()),
        ({"title": "b"}, {"title": "a"}, {"title": "a"}, {"title": "b"}, ()),
        ({"title": "b"}, {"title": "a"}, None, {"title": "b"}, ()),
        ({"title": "b"}, {"title": "b"}, {"title": "a"}, {}, ()),
        ({"title": "c"}, {"title": "b"}, {"title": "a"}, {}, ("title",)),
        ({"title": None}, {"title": None}, {}, {}, ()),
        ({"x": None}, {}, {"x": 1}, {}, ()),
        ({"x": 2}, {}, {"x": 1}, {}, ("x",)),
        ({"x": 2}, {"x": 1}, {}, {}, ("x",)),
        ({"x": 2}, {}, {}, {"x": 2}, ()),
        ({"tags": ["b", "a"]}, {"tags": ["a", "b"]}, {}, {}, ()),
        ({"tags": ["a"]}, {"tags": ["a", "b"]}, {"tags": ["b", "a"]}, {"tags": ["a"]}, ()),
        ({"tags": ["a"]}, {"tags": ["a", "b"]}, {"tags": ["a"]}, {}, ("tags",)),
        ({"tags": [1, "1"]}, {"tags": ["1", 1]}, None, {}, ()),
        ({"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 2, "b": 3}, {"a": 1}, ("b",)),
    ],
)
def test_people_win(
    wanted: dict[str, Any],
    now: dict[str, Any],
    shown: dict[str, Any] | None,
    written: dict[str, Any],
    kept: tuple[str, ...],
) -> None:
    assert decide(wanted, now, shown) == Decision(written, kept)
