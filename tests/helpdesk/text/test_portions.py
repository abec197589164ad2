"""Markup comes in portions of bounded size, none of which ends inside a token."""

from __future__ import annotations

import pytest

from fin_bridge.helpdesk.text.portions import DATA, SIZE, capped, picture, portions

WORDS = "<p>word</p>" * (SIZE // 11 + 10)
"""Markup that is a little longer than a portion."""


def test_a_short_markup_is_its_only_portion() -> None:
    assert list(portions("<!-- a --><p")) == [("<!-- a --><p", True)]


def test_a_long_one_is_cut_between_its_tokens() -> None:
    found = list(portions(WORDS))
    assert [is_last for _, is_last in found] == [False, True]
    assert "".join(portion for portion, _ in found) == WORDS
    assert all(portion.count("<") == portion.count(">") for portion, _ in found)
    assert max(len(portion) for portion, _ in found) <= SIZE


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("<!-- a -->", ""),
        ("<!doctype html>", ""),
        ("<script>a<p></script>", ""),
        ("<style>a</style >", ""),
        ("<title>a</title>", ""),
        ("<iframe src=x><p></iframe>", "<iframe src=x></iframe>"),
        ("<textarea><p></textarea>", "<pre>&lt;p></pre></textarea>"),
        ("<plaintext>", ""),
        ("</1>", ""),
        ("1 < 2", "1 < 2"),
        ("<a b='>'>x</a>", "<a b='>'>x</a>"),
    ],
)
def test_what_nobody_reads_is_left_out(markup: str, told: str) -> None:
    found = "".join(portion for portion, _ in portions(WORDS + markup))
    assert found.removeprefix(WORDS) == told


def test_a_long_value_is_left_out_and_a_picture_is_told_by_its_place() -> None:
    data = f"data:image/png;base64,{'A' * 3000}"
    for quote in ('"', "'", ""):
        markup = f'{WORDS}<img title="{"t" * 3000}" src={quote}{data}{quote}>'
        told = "".join(portion for portion, _ in portions(markup)).removeprefix(WORDS)
        assert told.startswith('<img title="" src="fin-bridge-data:')
        address = told.split('"')[3]
        assert picture(markup, address) == data


def test_an_address_of_anybody_elses_is_none_of_ours() -> None:
    assert picture("x", "https://a.example/") == "https://a.example/"
    assert picture("x", f"{DATA}y") == f"{DATA}y"


def test_a_tag_of_many_attributes_is_read_without_them() -> None:
    tag = "<a " + " ".join(f"b{number}" for number in range(2000)) + ">"
    assert "".join(portion for portion, _ in portions(f"{WORDS}{tag}x")) == f"{WORDS}<a>x"


@pytest.mark.parametrize(
    ("markup", "limit", "found"),
    [
        ("abc", 3, ("abc", 0)),
        ("ab cd", 4, ("ab", 3)),
        ("ab<p>c", 4, ("ab", 4)),
        ("abcdef", 4, ("abcd", 2)),
        ("ab&amp;c", 5, ("ab", 6)),
    ],
)
def test_a_cap(markup: str, limit: int, found: tuple[str, int]) -> None:
    assert capped(markup, limit) == found


def test_pictures_do_not_count() -> None:
    image = f'<img src="data:image/png;base64,{"A" * 3000}">'
    assert capped(f"{image}abc", 100) == (f"{image}abc", 0)
