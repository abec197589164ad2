"""Each text belongs to its item, whatever way an editor says so."""

import pytest

from fin_bridge.helpdesk.text.html import to_fin

WORD = (
    '<p style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">1.&nbsp;</span>a</p>'
    '<p style="mso-list:l0 level2 lfo1"><span style="mso-list:Ignore">·</span>b</p>'
)


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<ol><li>a<li>b</ol>", "<ol><li>a</li><li>b</li></ol>"),
        ("<li>a</li><li>b</li>", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("<ul><li>a</li>b</ul>", "<ul><li>a<br>b</li></ul>"),
        ("<ul><li>a<ol><li>b</ol>c</ul>", "<ul><li>a<ol><li>b</li></ol>c</li></ul>"),
        ("<ul><h1><li>a</h1></ul>", "<ul><li><b>a</b></li></ul>"),
        ('<ul><li><input type="checkbox" checked>a</ul>', "<ul><li>[x] a</li></ul>"),
        ('<ul><li data-checked="true"><input type="checkbox">a</ul>', "<ul><li>[x] a</li></ul>"),
        ('<ul><li>a <input type="checkbox"></ul>', "<ul><li>a [ ]</li></ul>"),
        ('<p><input type="checkbox">a</p>', "<p>[ ] a</p>"),
        (
            '<ol><li data-list="bullet">a<li data-list="bullet" class="ql-indent-1">b</ol>',
            "<ul><li>a<ul><li>b</li></ul></li></ul>",
        ),
        (
            WORD,
            "<ol><li>a<ul><li>b</li></ul></li></ol>",
        ),
        ('<p><span style="mso-list:Ignore">1.</span>a</p>', "<p>1. a</p>"),
    ],
)
def test_items(markup: str, shown: str) -> None:
    assert to_fin(markup) == shown
