"""Each element means something for the texts that it holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fin_bridge.helpdesk.text.embedded import Pictures
from fin_bridge.helpdesk.text.tree import events
from fin_bridge.helpdesk.text.walk import Walk
from fin_bridge.helpdesk.text.writer import Writer

LINK = '<a href="https://a.example/">https://a.example/</a>'
PICTURE = '<img src="https://a.example/">'


def walked(markup: str) -> str:
    writer = Writer(str)
    none: Iterator[int] = iter(())
    walk = Walk(writer, lambda address: address, Pictures("", None), none)
    walk.read(events(markup))
    return writer.end()


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("a<script>b<i>c</i></script>d", "ad"),
        ("a<p hidden>b<b>c</b></p>d", "ad"),
        ('a<span style="display:none">b</span>c', "ac"),
        ("<h1>a</h1><h3>b</h3><div>c</div>", "<h1>a</h1><h2>b</h2><p>c</p>"),
        ("<pre>a\n  b</pre>", "<p><code>a<br>\xa0\xa0b</code></p>"),
        ("<blockquote>a<br>b</blockquote>", "<p>&gt; a<br>&gt; b</p>"),
        ("<blockquote><blockquote>a</blockquote></blockquote>", "<p>&gt; &gt; a</p>"),
        ('<a href="https://a.example/">b</a>', '<a href="https://a.example/">b</a>'),
        ("a<hr>b", "a<p>---</p><p>b</p>"),
        ("<ruby>a<rt>b</rt></ruby>", "a(b)"),
        ("<dl><dt>a<dd>b</dl>", "<p><b>a</b></p><p>b</p>"),
        ("a<button>b</button>c", "a b c"),
        ("<video>x</video>", ""),
        ('<img src="https://a.example/"><img src="cid:x" alt="y">', f"{PICTURE}[y]"),
        ("<iframe src=https://a.example/>x</iframe>", f"<p>{LINK}</p>"),
        ("<video><source src=https://a.example/>x</video>", f"<p>{LINK}</p>"),
    ],
)
def test_an_element(markup: str, shown: str) -> None:
    assert walked(markup) == shown


def test_lines_of_quill_are_code() -> None:
    line = '<div class="ql-code-block">{}</div>'
    markup = f'<div class="ql-code-block-container">{line.format("a")}{line.format(" b")}</div>'
    assert walked(markup) == "<p><code>a<br>\xa0b</code></p>"
