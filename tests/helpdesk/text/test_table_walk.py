"""Each text belongs to its cell and its row; a row is one line."""

import pytest

from fin_bridge.helpdesk.text.html import to_fin
from fin_bridge.helpdesk.text.tables import DEEPEST


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "<p>a | b</p><p>c | d</p>"),
        (
            "<table><thead><tr><td>a<td>b<tbody><tr><td>c<td>d</table>",
            "<p><b>a</b> | <b>b</b></p><p>c | d</p>",
        ),
        ("<table><caption>a</caption><tr><td>b<td>c</table>d", "<p>a</p><p>b | c</p><p>d</p>"),
        (
            "<table><tr><td>a<table><tr><td>b<td>c</table><td>d</table>",
            "<p>a</p><p>b | c</p><p>d</p>",
        ),
        ("<ul><li>a<table><tr><td>b<td>c</table></ul>", "<ul><li>a<br>b | c</li></ul>"),
        ("<table><tr><td>a<ul><li>b<li>c</ul><td>d</table>", "<p>a / - b / - c | d</p>"),
        ("<table><tr><td> </table>", ""),
    ],
)
def test_tables(markup: str, shown: str) -> None:
    assert to_fin(markup) == shown


def test_of_too_many_tables_in_each_other_the_words_are_read() -> None:
    markup = "<table><tr><td>" * (DEEPEST + 1) + "a</td><td>b"
    assert to_fin(markup) == "<p>a</p><p>b</p>"
