"""The renderers by name, and how they are told apart."""

import pytest
from markdown import markdown

from fin_bridge.helpdesk.text import renderers
from fin_bridge.helpdesk.text.markdown_dialect import Dialect


@pytest.mark.parametrize("name", ["python-markdown", "commonmark", "github", "mistune"])
def test_tags_are_shown_as_text_where_that_is_said(name: str) -> None:
    text = "a <b>c</b> **d**"
    assert "<b>c</b>" in renderers.named(name, raw_html=True)(text)
    shown = renderers.named(name, raw_html=False)(text)
    assert "<b>" not in shown
    assert "<strong>d</strong>" in shown
    assert renderers.problem(name) is None


def test_a_renderer_is_made_once() -> None:
    first = renderers.named("github", raw_html=True)
    assert renderers.named("github", raw_html=True) is first
    with pytest.raises(KeyError):
        renderers.named("markdown2", raw_html=True)


@pytest.mark.parametrize(
    ("name", "raw_html", "expected"),
    [
        ("python-markdown", False, Dialect()),
        ("commonmark", False, Dialect()),
        ("mistune", True, Dialect()),
        ("mistune", False, Dialect(knows_references=False)),
    ],
)
def test_a_dialect_shows_on_two_words(name: str, raw_html: bool, expected: Dialect) -> None:
    assert renderers.dialect(renderers.named(name, raw_html=raw_html)) == expected


def test_a_renderer_without_numbers_is_known() -> None:
    assert renderers.dialect(markdown) == Dialect(keeps_numbers=False)
