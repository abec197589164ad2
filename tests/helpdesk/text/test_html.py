"""HTML both ways: safe, in Fin's tags, and nothing readable lost."""

import pytest
from pytest_django import Settings

from fin_bridge.helpdesk import html


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
        ("<strong>a</strong> <em>b</em>", "<b>a</b> <i>b</i>"),
        ("<h3>Title</h3>", "<h2>Title</h2>"),
        ("<pre>x = 1</pre>", "<p><code>x = 1</code></p>"),
        ("<div>one</div><div>two</div>", "<p>one</p><p>two</p>"),
        ("<blockquote>said</blockquote>", "<p>&gt; said</p>"),
        ("<script>alert(1)</script>hi", "hi"),
        ('<p onclick="x()">hi</p>', "<p>hi</p>"),
        ('<a href="javascript:x()">hi</a>', "<a>hi</a>"),
        ('<a href="https://a.example/?x=1&amp;y=2">hi</a>',) * 2,
        (
            '<img src="https://a.example/x.png" alt="x" onerror="y()">',
            '<img src="https://a.example/x.png" alt="x">',
        ),
        ("<ul><li>a<ol><li>b</li></ol></li></ul>",) * 2,
        ("1 &lt; 2 &amp; 3", "1 &lt; 2 &amp; 3"),
        ("", ""),
    ],
)
def test_what_fin_is_shown(given: str, shown: str) -> None:
    assert html.to_fin(given) == shown


def test_a_table_is_flattened_and_stays_readable() -> None:
    shown = html.to_fin("<table><tr><th>Item</th><td>Price</td></tr><tr><td>Pen</td></tr></table>")
    assert shown.startswith("<p>Item Price")
    assert "<p>Pen" in shown
    assert "table" not in shown


def test_what_fin_writes_is_reduced_to_its_tags() -> None:
    assert (
        html.from_fin("<p>a</p><table><tr><td>b</td></tr></table><style>c</style>") == "<p>a</p>b"
    )


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("one\ntwo", "<p>one<br>two</p>"),
        ("one\r\n\r\ntwo", "<p>one</p><p>two</p>"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("  \n ", ""),
    ],
)
def test_text_as_html(text: str, markup: str) -> None:
    assert html.from_text(text) == markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one<br>two</p><p>three</p>", "one\ntwo\n\nthree"),
        ("<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc"),
        ('<a href="https://x.example">x</a>', "x (https://x.example)"),
        ("<a>x</a>", "x"),
        ('<img src="https://x.example/y.png" alt="Y">', "[Y]"),
        ('<img src="https://x.example/y.png">', "[https://x.example/y.png]"),
        ("<img>", "[image]"),
        ("1 &lt; 2", "1 < 2"),
        ("<h1>T</h1>x<b>y</b>", "T\n\nxy"),
    ],
)
def test_html_as_text(markup: str, text: str) -> None:
    assert html.to_text(markup) == text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        # mails
        ('<img src="cid:part1" alt="Logo">', "[Logo]"),
        ('<p>a <img src="data:image/png;base64,xx"> b</p>', "<p>a [image] b</p>"),
        (
            "<blockquote>one<br>two<blockquote>three</blockquote></blockquote>four",
            "<p>&gt; one<br>&gt; two</p><p>&gt; &gt; three</p>four",
        ),
        ("<title>Re: x</title><style>p {}</style><p>y</p>", "<p>y</p>"),
        ("<p>a</p><!--[if mso]>b<![endif]--><o:p>c</o:p>", "<p>a</p>c"),
        ("<div><div>deep</div></div><div><br></div>", "<p>deep</p>"),
        # pages
        ('<a href="/faq">x</a>', '<a href="https://helpdesk.example.com/faq">x</a>'),
        ('<img src="//cdn.example/x.png">', '<img src="https://cdn.example/x.png">'),
        ('<a href="http://[">x</a>', "<a>x</a>"),
        ('<a href="//[">x</a>', "<a>x</a>"),
        ("<hr>a<pre>x &lt;\n&#0;y</pre>", None),
        ("<table><tr><td>&amp; a</td><td>b</td></tr></table>", "<p>&amp; a b </p>"),
    ],
)
def test_html_as_it_occurs(given: str, shown: str | None) -> None:
    found = html.to_fin(given)
    assert shown is None or found == shown
    assert html.from_fin(found) == found


def test_lines_of_code_stay_lines() -> None:
    assert html.to_fin("<pre>a &lt; b\nc</pre>") == "<p><code>a &lt; b<br>c</code></p>"


def test_without_a_public_address_links_stay_as_they_are(settings: Settings) -> None:
    settings.FIN_BRIDGE_PUBLIC_URL = ""
    assert html.to_fin('<a href="/faq">x</a>') == '<a href="/faq">x</a>'
