"""What a signature covers, as pure functions: no request passes for another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fin_bridge.api.trust.signatures import is_recent, is_signed, query_forms
from fin_bridge.api.wire.parsers import parse_query
from fin_bridge.signing import sign

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
PARAMETERS = st.dictionaries(TEXT.filter(bool), TEXT, max_size=3)


@pytest.mark.parametrize(
    ("query", "forms"),
    [
        ("", [b"", b""]),
        ("b=1&a=2", [b"a=2&b=1", b"a=2&b=1"]),
        ("&a=2&", [b"a=2", b"a=2"]),
        ("a-b=1&a=2", [b"a=2&a-b=1", b"a=2&a-b=1"]),
        ("a=x%20y", [b"a=x%20y", b"a=x y"]),
        ("a=x+y", [b"a=x+y", b"a=x y"]),
        ("a=%C3%A9", [b"a=%C3%A9", "a=é".encode()]),
        ("a", [b"a", b"a="]),
        ("a=%26", [b"a=%26"]),
        ("a=%3D", [b"a=%3D"]),
        ("%3D=a", [b"%3D=a"]),
        ("a=%2520", [b"a=%2520"]),
        ("a=%2B", [b"a=%2B"]),
        ("a=%25", [b"a=%25", b"a=%"]),
        ("a=%25FF", [b"a=%25FF", b"a=%FF"]),
        ("a=1&a=1", []),
        ("a=1&%61=1", []),
        ("a=%FF", []),
        ("a=\xff", []),
    ],
)
def test_the_forms_of_a_query(query: str, forms: list[bytes]) -> None:
    assert query_forms(query) == forms


def spelled(parameters: dict[str, str]) -> str:
    return "&".join(
        f"{quote(key, safe='')}={quote(parameters[key], safe='')}" for key in parameters
    )


@given(PARAMETERS, PARAMETERS)
def test_no_signature_of_one_request_is_another_ones(
    one: dict[str, str], other: dict[str, str]
) -> None:
    if one != other:
        assert not {*query_forms(spelled(one))} & {*query_forms(spelled(other))}


@given(PARAMETERS)
def test_what_is_sent_is_what_is_read(parameters: dict[str, str]) -> None:
    assert parse_query(spelled(parameters)) == parameters
    assert query_forms(spelled(parameters))


@given(st.binary(max_size=20), st.binary(max_size=20), st.text(max_size=12))
def test_only_what_was_signed_is_signed(body: bytes, other: bytes, timestamp: str) -> None:
    signature = sign("key", "1700000000", body)
    given_the_same = (body, "1700000000") == (other, timestamp)
    assert is_signed(["old", "key"], timestamp, signature, [other]) is given_the_same
    assert is_signed(["old", "key"], "1700000000", signature, [body])
    assert not is_signed(["old"], "1700000000", signature, [body])
    assert not is_signed([], "1700000000", signature, [body])
    assert not is_signed(["key"], "1700000000", signature, [])


@pytest.mark.parametrize(
    ("timestamp", "recent"),
    [
        ("1795348800", True),
        ("1795349100", True),
        ("1795348500", True),
        ("1795349101", False),
        ("1795348499", False),
        ("", False),
        ("+1795348800", False),
        (" 1795348800", False),
        ("1795348800\n", False),
        ("1_795_348_800", False),
        ("9999999999999", False),
    ],
)
def test_what_is_recent(timestamp: str, recent: bool) -> None:
    assert NOW.timestamp() == 1795348800
    assert is_recent(timestamp, NOW) is recent


def test_a_half_second_counts() -> None:
    assert not is_recent("1795348500", NOW + timedelta(seconds=0.5))
