"""What is nested within reason stays as it is; what is deeper is left out, with its words kept."""

import re

import pytest

from fin_bridge.helpdesk.text.nesting import MOST, PREFIX, bounded, is_costly, is_deep


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * MOST + "x" + "</div>" * MOST,
        "<p>one<br>" * 5000,
        "<ul>" + "<li>one" * 5000 + "</ul>",
        "<div><b>one</b></div> " * 150,
        "</div>" * 200 + "<div>" * 100,
        "1 < 2 " * 500,
        "<div><span></div>" * 500,
        "<table><tr><td><div></table>" * 300,
        "<i><b>x</i></b>" * 100,
    ],
)
def test_what_is_merely_long_is_not_deep(markup: str) -> None:
    assert not is_deep(markup)
    assert re.sub(PREFIX, "", bounded(markup)) == markup


@pytest.mark.parametrize(
    "tags", ["<div>", "<b></i>", "<ul><li>", "<div><table></div>", "<p><span><p>", "<x-y>"]
)
def test_what_is_deep_is_cut(tags: str) -> None:
    markup = tags * 420 + "still <b>here</b></div></table>" + "</span>" * 600
    assert is_deep(markup)
    assert is_costly(markup)
    found = bounded(markup)
    assert not is_deep(found)
    assert re.sub(r"<[^>]*>", "", found) == "still here"


def test_formatting_that_is_dense_is_not_repeated_by_the_parser() -> None:
    markup = "<p>" + "".join(f"<i a={n}>" for n in range(60)) + "<p>x" * 700
    assert is_costly(markup)
    assert bounded(markup).count(f"<{PREFIX}i a=") == 60
