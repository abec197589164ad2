"""Plain text both ways: numbers, levels, links and pictures are told."""

import pytest

from fin_bridge.helpdesk.text.plain import from_text, to_text


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("one\ntwo", "<p>one<br>two</p>"),
        ("one\r\n\r\ntwo", "<p>one</p><p>two</p>"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("  \n ", ""),
        ("1. a\n   - b\n2. c", "<p>1. a<br>\xa0\xa0\xa0- b<br>2. c</p>"),
        ("Item   Price\n\tInk", "<p>Item \xa0\xa0Price<br>\xa0\xa0\xa0\xa0Ink</p>"),
    ],
)
def test_text_as_html(text: str, markup: str) -> None:
    assert from_text(text) == markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one<br>two</p><p>three</p>", "one\ntwo\n\nthree"),
        ("<h1>T</h1>x<b>y</b>", "T\n\nxy"),
        ("1 &lt; 2", "1 < 2"),
        ("<p><b>a</b> <br> <i>b</i> c </p>", "a\nb c"),
        ("<p>=====</p><p>---</p>", "=====\n\n---"),
        # lists
        ("<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc"),
        (
            "<ol><li>One<ol><li>Sub a</li></ol></li><li>Two<ul><li>Sub b</li></ul></li></ol>",
            "1. One\n   1. Sub a\n2. Two\n   - Sub b",
        ),
        ("<ul><li>a<p>b</p></li><li>c<br>d</li></ul>", "- a\n  b\n- c\n  d"),
        ('<ol start="9"><li>a</li><li>b<br>c</li></ol>', "9. a\n10. b\n    c"),
        ("<ul><li>a</li></ul><ol><li>b</li></ol>", "- a\n\n1. b"),
        ("<ol><li><ul><li>a</li></ul></li><li></li><li>b</li></ol>", "1.\n   - a\n2.\n3. b"),
        ("<li>a</li>b<li>c</li>", "- a\n\nb\n\n- c"),
        ("<ul>a<ul><li>b</li></ul></ul>", "- a\n  - b"),
        # code
        ("<p><code>if x:<br>  y<br></code></p>", "if x:\n  y"),
        ("<p><code>a\r\n  b</code></p>", "a\n  b"),
        ("<p><code><br></code>a</p>", "a"),
        ("<p>Run <code>a</code> <code>b<br>c</code>now</p>", "Run a\n\nb\nc\n\nnow"),
        # links
        ('<a href="https://x.example">x</a>', "x (https://x.example)"),
        ('<a href="https://x.example">https://x.example</a>', "https://x.example"),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="https://x.example/a%20b">see https://x.example/a b</a>', None),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="tel:+49123">call</a>', "call (tel:+49123)"),
        ("<a>x</a>", "x"),
        # pictures
        ('<img src="https://x.example/y.png" alt="Y">', "[Y] (https://x.example/y.png)"),
        ('<img src="https://x.example/y.png">', "[image] (https://x.example/y.png)"),
        ("<img>", "[image]"),
        (
            '<a href="https://x.example/y.png"><img src="https://x.example/y.png" alt="Y"></a>',
            "[Y] (https://x.example/y.png)",
        ),
    ],
)
def test_html_as_text(markup: str, text: str | None) -> None:
    found = to_text(markup)
    assert text is None or found == text
    assert to_text(from_text(found)) == found


def test_spaces_that_do_not_break_are_kept_within_a_line() -> None:
    assert to_text("<p>10&nbsp;000 &nbsp; EUR<br>&nbsp;&nbsp;x</p>") == "10\xa0000   EUR\n  x"
