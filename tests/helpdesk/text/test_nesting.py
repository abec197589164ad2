"""Deep nesting is flattened before it costs anything."""

import pytest

from fin_bridge.helpdesk import html
from fin_bridge.helpdesk.nesting import MOST, shallow


@pytest.mark.parametrize(
    "tags", ["<ul><li>", "<div>", "<b><i>", "<blockquote>", "<DIV\n>", "<b></i>"]
)
def test_what_is_nested_too_deeply_is_shown_as_its_text(tags: str) -> None:
    deep = tags * 50_000 + "still <b>here</b>"
    assert html.to_fin(deep).split() == ["still", "here"]
    assert html.from_fin(deep).split() == ["still", "here"]


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * MOST + "x" + "</div>" * MOST,
        "<p>one<br>" * 5000,
        "<ul>" + "<li>one" * 5000 + "</ul>",
        "<b>one</b> " * 5000,
        "</div>" * 200 + "<div>" * 100,
        "1 < 2 " * 500,
    ],
)
def test_what_is_merely_long_stays(markup: str) -> None:
    assert shallow(markup) == markup
