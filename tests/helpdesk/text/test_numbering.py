"""Items are numbered as a browser shows them."""

import pytest

from fin_bridge.helpdesk.text import numbering
from fin_bridge.helpdesk.text.tree import events


@pytest.mark.parametrize(
    ("number", "style", "shown"),
    [
        (3, "decimal", "3."),
        (1, "lower-alpha", "a."),
        (27, "upper-alpha", "AA."),
        (702, "lower-alpha", "zz."),
        (1994, "lower-roman", "mcmxciv."),
        (4, "upper-roman", "IV."),
        (0, "lower-roman", "0."),
        (4000, "lower-roman", "4000."),
        (-1, "lower-alpha", "-1."),
    ],
)
def test_a_number(number: int, style: str, shown: str) -> None:
    assert numbering.spelled(number, style) == shown


@pytest.mark.parametrize(
    ("type_", "list_style", "name"),
    [
        ("a", "", "lower-alpha"),
        ("I", "", "upper-roman"),
        ("a", "upper-latin", "upper-alpha"),
        ("", "inside decimal", "decimal"),
        ("a", "inside", "lower-alpha"),
        ("", "none", "none"),
        ("", "", ""),
    ],
)
def test_a_style(type_: str, list_style: str, name: str) -> None:
    assert numbering.style_of(type_, list_style) == name


def test_letters_and_roman_numbers_are_text() -> None:
    assert numbering.is_counted_in_text("lower-roman")
    assert not numbering.is_counted_in_text("decimal")


@pytest.mark.parametrize(
    ("value", "number"),
    [("12", 12), (" -3 ", -3), ("", None), ("x", None), ("1234567", None), ("٣", None)],
)
def test_a_number_that_is_given(value: str, number: int | None) -> None:
    assert numbering.number(value) == number


def test_the_items_of_each_numbered_list_are_counted() -> None:
    markup = "<li>x</li><ol><li>a<ul><li>b</li></ul><ol><li>c</li></ol></li><li>d</li></ol>"
    assert numbering.counts(events(markup)) == [2, 1]
