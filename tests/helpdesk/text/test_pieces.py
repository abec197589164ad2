"""A long text in pieces: each fits, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fin_bridge.helpdesk.text import markdown, plain
from fin_bridge.helpdesk.text.fin_html import read, to_html
from fin_bridge.helpdesk.text.html import from_fin
from fin_bridge.helpdesk.text.pieces import split
from tests.helpdesk.text import page
from tests.helpdesk.text.test_rounds import TREES
from tests.helpdesk.text.texts import TEXTS

WRITERS: list[Callable[[str], str]] = [str, plain.to_text, markdown.to_markdown]


def pieces_of(markup: str, size: int, write: Callable[[str], str] = str) -> list[str]:
    return split(markup, lambda piece: len(write(piece)) <= size)


def test_lists_links_and_numbers_go_on() -> None:
    markup = "<p>Do:</p><ol><li>one</li><li>two<ul><li>a</li><li>b</li></ul>c</li><li>d</li></ol>"
    assert pieces_of(markup, 45) == [
        "<p>Do:</p><ol><li>one</li><li>two</li></ol>",
        "<ul><li>a</li><li>b</li></ul><p>c</p>",
        '<ol start="3"><li>d</li></ol>',
    ]


def test_an_item_that_is_cut_has_one_mark() -> None:
    markup = f"<ol><li>{'word ' * 12}</li><li>end</li></ol>"
    first, second = pieces_of(markup, 60)
    assert first.startswith("<ol><li>word")
    assert second.startswith("<p>word")
    assert second.endswith('<ol start="2"><li>end</li></ol>')


@pytest.mark.parametrize("write", WRITERS)
def test_no_address_is_cut(write: Callable[[str], str]) -> None:
    address = "https://x.example/" + "a" * 40
    link = f'<a href="{address}">the page</a>'
    picture = f'<img src="{address}" alt="S">'
    markup = "<p>" + f"word {link} and {address} {picture} " * 5 + "</p>"
    pieces = pieces_of(markup, 120, write)
    assert len(pieces) >= 5
    assert all(len(write(piece)) <= 120 for piece in pieces)
    assert "".join(pieces).count(address) >= 15
    assert "".join(map(page.words, pieces)) == page.words(markup)


def test_what_is_too_long_for_any_message_is_cut_and_kept() -> None:
    address = "https://x.example/" + "a" * 60
    link = f'<a href="{address}">see <b>this page</b></a> <a href="{address}">{address}</a>'
    pieces = pieces_of(f'<p>{link}<img src="{address}" alt="S"></p>', 40, plain.to_text)
    assert all(len(plain.to_text(piece)) <= 40 for piece in pieces)
    assert "".join(map(page.words, pieces)).count(address) == 3
    assert split("<p>ab<br>c</p><ul><li></li></ul>", lambda piece: False) == [
        "<p>a</p>",
        "<p>b</p>",
        "<p>c</p>",
        "<ul><li></li></ul>",
    ]


def test_code_is_cut_between_its_lines() -> None:
    markup = "<p><code>" + "<br>".join(f"  line {n}" for n in range(9)) + "</code></p>"
    pieces = pieces_of(markup, 70)
    assert len(pieces) > 2
    assert all(piece.startswith("<p><code>  line") for piece in pieces)


@pytest.mark.parametrize("markup", TEXTS)
def test_blocks_as_html_are_the_same_blocks(markup: str) -> None:
    blocks = read(markup)
    assert read(to_html(blocks)) == blocks


@settings(max_examples=60, deadline=None)
@given(markup=TREES, size=st.integers(60, 200))
def test_no_word_of_any_tree_is_lost(markup: str, size: int) -> None:
    written = from_fin(markup)
    for write in WRITERS:
        pieces = pieces_of(written, size, write)
        assert all(len(write(piece)) <= size for piece in pieces)
        found = iter("".join(map(page.words, pieces)))
        words = filter(str.isalnum, page.words(to_html(read(written))))
        assert all(character in found for character in words)
