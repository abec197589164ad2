"""What the helpdesk's HTML is read as in Fin's tags: nothing changes its meaning."""

import pytest

from fin_bridge.helpdesk.text import html

BASE = "https://helpdesk.example.com"

INLINE = [
    ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
    ("<strong>a</strong> <em>b</em>", "<b>a</b> <i>b</i>"),
    ("<p>Do <s>not</s> restart</p>", "<p>Do ~not~ restart</p>"),
    ("<p>Do <del>not </del>restart</p>", "<p>Do ~not~ restart</p>"),
    ('<p>a <span style="text-decoration: line-through">b</span></p>', "<p>a ~b~</p>"),
    ('<p>a <span style="text-decoration-line:line-through">b</span></p>', "<p>a ~b~</p>"),
    ("<s><p>a</p><p>b</p></s>", "<p>~a~</p><p>~b~</p>"),
    ("10<sup>5</sup>", "10^5"),
    ("H<sub>2</sub>O", "H_2O"),
    ("x<sup>n + 1</sup>", "x^(n + 1)"),
    ("so<sup>1</sup>", "so^1"),
    ("Ink<sup>®</sup>", "Ink®"),
    ('10<span style="vertical-align:super">5</span>', "10^5"),
    ('CO<span style="vertical-align: sub">2</span>', "CO_2"),
    ("<p><u>now</u></p>", "<p><i>now</i></p>"),
    ('<p><a href="https://a.example"><u>x</u></a></p>', '<p><a href="https://a.example">x</a></p>'),
    ('<span style="font-weight:700">a</span>', "<b>a</b>"),
    ('<span style="font: italic bold 12px serif">a</span>', "<b><i>a</i></b>"),
    ('<span style="font-style: italic">a</span>', "<i>a</i>"),
    ('<b style="font-weight:normal"><p>plain</p></b>', "<p>plain</p>"),
    ('<em style="font-style:normal">a</em>', "a"),
    ("<b><p>a</p><p>b</p></b>", "<p><b>a</b></p><p><b>b</b></p>"),
    ('<span style="text-decoration: underline">a</span>', "<i>a</i>"),
    ("<b>a</b><b> b</b>", "<b>a b</b>"),
    ('<sup style="font-weight:bold">1</sup><b>a</b>', "^<b>1a</b>"),
    ("<p>He said <q>yes</q>.</p>", "<p>He said “yes”.</p>"),
    ("<kbd>Esc</kbd>", "<code>Esc</code>"),
    ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"),
    ("<button>a</button><button>b</button>", "a b"),
    ("1 &lt; 2 &amp; 3", "1 &lt; 2 &amp; 3"),
    ("a\n  b\tc", "a b c"),
    ('<span style="white-space: pre-wrap">a  b\nc</span>', "a &nbsp;b<br>c"),
    ('<p><a href="https://a.example/">a<a href="https://b.example/">b</a></a></p>',
     '<p><a href="https://a.example/">a</a><a href="https://b.example/">b</a></p>'),
]  # fmt: skip

BLOCKS = [
    ("<h3>Title</h3>", "<h2>Title</h2>"),
    ('<h1 style="font-weight:bold">Title</h1>', "<h1>Title</h1>"),
    ("<div>one</div><div>two</div>", "<p>one</p><p>two</p>"),
    ("<center>one</center><center>two</center>", "<p>one</p><p>two</p>"),
    ("<address>one</address><my-block>two</my-block>", "<p>one</p><p>two</p>"),
    ("<details><summary>s</summary>t</details>", "<p>s</p><p>t</p>"),
    ("a<div></div>b", "a<p>b</p>"),
    ('<span style="display:block">a</span><span>b</span>', "<p>a</p><p>b</p>"),
    ('<div style="display:inline">a</div><div style="display:inline-block">b</div>', "ab"),
    ("<p>a</p><hr><p>b</p><hr>", "<p>a</p><p>---</p><p>b</p>"),
    ("<dl><dt>t</dt><dd>d</dd></dl>", "<p><b>t</b></p><p>d</p>"),
    ("<p>a<br><br>b<br></p>", "<p>a<br><br>b</p>"),
    ("<pre>x = 1</pre>", "<p><code>x = 1</code></p>"),
    ("<pre>a\n  b\n\n\tc</pre>",
     "<p><code>a<br>&nbsp;&nbsp;b<br><br>&nbsp;&nbsp;&nbsp;&nbsp;c</code></p>"),
    ("<pre><code><b>if</b> a &lt; b:\r\n    c  d</code></pre>",
     "<p><code>if a &lt; b:<br>&nbsp;&nbsp;&nbsp;&nbsp;c &nbsp;d</code></p>"),
    ("<pre><div>a</div><div>b</div></pre>", "<p><code>a<br>b</code></p>"),
    (('<div class="ql-code-block-container"><div class="ql-code-block">a</div>'
     '<div class="ql-code-block"><br></div><div class="ql-code-block">  b</div></div>'),
     "<p><code>a<br><br>&nbsp;&nbsp;b</code></p>"),
    ("<textarea>a\nb</textarea>", "<p><code>a<br>b</code></p>"),
    ('<figure><img src="https://a.example/x.png"><figcaption>Caption</figcaption></figure>',
     '<p><img src="https://a.example/x.png"></p><p>Caption</p>'),
]  # fmt: skip

LISTS = [
    ("<ul><li>a<ol><li>b</li></ol></li></ul>",) * 2,
    ("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>",
     "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    ("<ul><ul><li>b</li></ul></ul>", "<ul><li>b</li></ul>"),
    ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li>a<br>b</li></ul>"),
    ("<ul><li>a<ul><li>b</li></ul>c</li></ul>", "<ul><li>a<ul><li>b</li></ul>c</li></ul>"),
    (('<ol><li>a</li><li style="list-style: none; display: inline"><ul><li>b</li></ul></li>'
     "<li>c</li></ol>"), "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
    ('<ul><li style="list-style:none;display:inline">a</li><li>b</li></ul>',
     "<ul><li>a</li><li>b</li></ul>"),
    ('<ol><li>a</li><li style="list-style:none">b</li><li style="display:inline">c</li></ol>',
     "<ol><li>a</li><li>b</li><li>c</li></ol>"),
    ("<ul><li>a</li>b</ul>", "<ul><li>a<br>b</li></ul>"),
    ("<ul><li><h3>t</h3>a</li></ul>", "<ul><li><b>t</b><br>a</li></ul>"),
    ("<li>a</li><p>b</p>", "<ul><li>a</li></ul><p>b</p>"),
    ("<menu><li>a</li></menu>", "<ul><li>a</li></ul>"),
    ('<ol><li data-list="bullet"><span class="ql-ui"></span>Apple</li></ol>',
     "<ul><li>Apple</li></ul>"),
    (('<ol><li data-list="ordered">Open</li><li data-list="bullet" class="ql-indent-1">Click</li>'
     '<li data-list="ordered">Close</li></ol>'),
     "<ol><li>Open<ul><li>Click</li></ul></li><li>Close</li></ol>"),
    (('<ol><li data-list="ordered">a</li><li data-list="bullet">b</li>'
     '<li data-list="ordered">c</li></ol>'), "<ol><li>a</li></ol><ul><li>b</li></ul><p>2. c</p>"),
    ('<ol><li data-list="ordered">a</li></ol><p>b</p><ol><li data-list="ordered">c</li></ol>',
     "<ol><li>a</li></ol><p>b</p><ol><li>c</li></ol>"),
    ('<ol><li>Open</li></ol><ul><li class="ql-indent-1">A</li></ul>',
     "<ol><li>Open<ul><li>A</li></ul></li></ol>"),
    ('<ol start="3"><li>a</li><li>b</li></ol>', "<p>3. a</p><p>4. b</p>"),
    ('<ol><li>a</li></ol><pre>x</pre><ol start="2"><li>b</li></ol>',
     "<ol><li>a</li></ol><p><code>x</code></p><p>2. b</p>"),
    ("<ol reversed><li>a</li><li>b<ul><li>x</li></ul></li></ol>",
     "<p>2. a</p><p>1. b</p><ul><li>x</li></ul>"),
    ('<ol reversed start="9"><li>a</li><li>b</li></ol>', "<p>9. a</p><p>8. b</p>"),
    ('<ol><li>a</li><li value="7">b</li><li>c</li></ol>',
     "<ol><li>a</li></ol><p>7. b</p><p>8. c</p>"),
    ("<ol><li>a</li><li></li><li>c</li></ol>", "<ol><li>a</li><li></li><li>c</li></ol>"),
    ('<ol type="a"><li>x</li><li>y</li></ol>', "<p>a. x</p><p>b. y</p>"),
    ('<ol type="I" start="4"><li>x</li><li>y</li></ol>', "<p>IV. x</p><p>V. y</p>"),
    ('<ol start="28" style="list-style-type: upper-alpha"><li>x</li></ol>', "<p>AB. x</p>"),
    ('<ol start="x"><li>a</li></ol>', "<ol><li>a</li></ol>"),
    ('<ol style="list-style-type:disc"><li>a</li></ol>', "<ul><li>a</li></ul>"),
    ('<ul style="list-style: decimal inside"><li>a</li></ul>', "<ol><li>a</li></ol>"),
    ('<ol><li>x<ol type="a"><li>y</li></ol></li><li>z</li></ol>',
     "<ol><li>x<br>a. y</li><li>z</li></ol>"),
    ('<ol start="2"><li>x<ol type="a"><li>y</li></ol></li></ol>',
     "<p>2. x</p><p>&nbsp;&nbsp;&nbsp;a. y</p>"),
    ('<ol start="2"><li><ul><li>x</li></ul></li></ol>', "<p>2.</p><ul><li>x</li></ul>"),
    ('<ul><li><input type="checkbox" checked> done</li><li><input type="checkbox"> open</li></ul>',
     "<ul><li>[x] done</li><li>[ ] open</li></ul>"),
    (('<ul data-type="taskList"><li data-checked="true"><label><input type="checkbox" '
     'checked="checked"><span></span></label><div><p>done</p></div></li></ul>'),
     "<ul><li>[x] done</li></ul>"),
    ('<ul><li role="checkbox" aria-checked="false">open</li></ul>',
     "<ul><li>[ ] open</li></ul>"),
    ('<ol><li data-list="checked">a</li><li data-list="unchecked">b</li></ol>',
     "<ul><li>[x] a</li><li>[ ] b</li></ul>"),
    ('<ul class="tox-checklist"><li class="tox-checklist--checked">a</li><li>b</li></ul>',
     "<ul><li>[x] a</li><li>[ ] b</li></ul>"),
    ('<ul data-checked="true"><li>a</li></ul>', "<ul><li>[x] a</li></ul>"),
    ('<p>a <input type="checkbox"> b</p><input type="text" value="c">', "<p>a [ ] b</p>"),
]  # fmt: skip


def word(level: int, marker: str, text: str) -> str:
    return (
        f'<p class="MsoListParagraph" style="text-indent:-18pt;mso-list:l0 level{level} lfo1">'
        f'<![if !supportLists]><span style="mso-list:Ignore">{marker}<span style="font:7pt x">'
        f"&nbsp;&nbsp; </span></span><![endif]>{text}<o:p></o:p></p>"
    )


def outlook(level: int, marker: str, text: str) -> str:
    """Return an item of Word's in which the marker stands in a span of its language."""
    marked = word(level, marker, f"<span lang=EN-GB><b></b>{text}</span>")
    return marked.replace("<span style", "<span lang=EN-GB><span style", 1).replace(
        "</span></span>", "</span></span></span>", 1
    )


WORD = [
    (word(1, "·", "a") + word(1, "·", "b"), "<ul><li>a</li><li>b</li></ul>"),
    (word(1, "1.", "a") + word(2, "o", "b") + word(1, "2.", "c"),
     "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
    (word(1, "1.", "a") + "<p>-</p>" + word(1, "2.", "b"),
     "<ol><li>a</li></ol><p>-</p><p>2. b</p>"),
    (word(1, "a)", "x"), "<p>a) x</p>"),
    (word(1, "1.2.1.", "x"), "<p>1.2.1. x</p>"),
    (outlook(1, "1.", "<b>a</b>b") + outlook(2, "o", "c") + outlook(1, "2.", "d"),
     "<ol><li><b>a</b>b<ul><li>c</li></ul></li><li>d</li></ol>"),
    (outlook(1, "1.", "a") + "<p>-</p>" + outlook(1, "2.", "b"),
     "<ol><li>a</li></ol><p>-</p><p>2. b</p>"),
    (f"<ul><li>a{outlook(1, '1.', 'b')}</li></ul>c",
     "<ul><li>a<ol><li>b</li></ol></li></ul><p>c</p>"),
    ('<h1><span style="mso-list:Ignore">1. </span>T</h1>', "<h1>1. T</h1>"),
    ('<p><i><span style="mso-list:Ignore">1. </span></i>a</p>', "<p><i>1.</i> a</p>"),
    ("<p>One</p><!--[if gte mso 9]><xml>" + '<w:LsdException Name="a"/>' * 101
     + "</xml><![endif]--><p><b>Two</b></p>", "<p>One</p><p><b>Two</b></p>"),
]  # fmt: skip

QUOTES = [
    ("<blockquote>said</blockquote>", "<p>&gt; said</p>"),
    ("<blockquote>one<br>two<blockquote>three</blockquote></blockquote>four",
     "<p>&gt; one<br>&gt; two</p><p>&gt; &gt; three</p><p>four</p>"),
    ("<blockquote><ul><li>a</li><li>b<br>c</li></ul></blockquote><p>reply</p>",
     "<ul><li>&gt; a</li><li>&gt; b<br>&gt; c</li></ul><p>reply</p>"),
    ("<blockquote><pre>a\n\nb</pre></blockquote>",
     "<p>&gt; <code>a</code><br>&gt;<br>&gt; <code>b</code></p>"),
    ("<blockquote><h2>T</h2><dl><dt>t</dt><dd>d</dd></dl></blockquote>",
     "<h2>&gt; T</h2><p>&gt; <b>t</b></p><p>&gt; d</p>"),
    ("<blockquote><table><tr><td>a</td><td>b</td></tr></table></blockquote>", "<p>&gt; a | b</p>"),
    ("<blockquote><section>a</section><b>b<br>c</b></blockquote>",
     "<p>&gt; a</p><p>&gt; <b>b</b><br>&gt; <b>c</b></p>"),
    ("<ul><li>a<blockquote>b</blockquote>c</li></ul>", "<ul><li>a<br>&gt; b<br>c</li></ul>"),
]  # fmt: skip

TABLES = [
    (("<table><tr><td>Item</td><td>Price</td><td>Stock</td></tr>"
     "<tr><td>Ink</td><td></td><td>5</td></tr></table>"),
     "<p>Item | Price | Stock</p><p>Ink | | 5</p>"),
    ("<table><tr><td><p>Item</p></td><td><p>Price</p></td></tr></table>", "<p>Item | Price</p>"),
    ("<table><tr><td><p>a</p><p>b</p></td><td>c<br>d</td></tr></table>", "<p>a / b | c / d</p>"),
    ("<table><tr><th>Item</th><td>Price</td></tr></table>", "<p><b>Item</b> | Price</p>"),
    (("<table><thead><tr><td>Item</td><td><b>N</b></td></tr></thead>"
     "<tbody><tr><td>a</td><td>1</td></tr></tbody></table>"),
     "<p><b>Item</b> | <b>N</b></p><p>a | 1</p>"),
    ('<table><tr><td rowspan="2">A</td><td>1</td></tr><tr><td>2</td></tr></table>',
     "<p>A | 1</p><p>| 2</p>"),
    ('<table><tr><td colspan="2">Sum</td><td>5</td></tr><tr><td colspan="3">x</td></tr></table>',
     "<p>Sum | | 5</p><p>x</p>"),
    ("<table><caption>Stock</caption><tr><td>a</td></tr></table>", "<p>Stock</p><p>a</p>"),
    ("<table><tr><td>a<ul><li>b</li><li>c</li></ul></td><td>d</td></tr></table>",
     "<p>a / - b / - c | d</p>"),
    ("<table><tr><td>a</td><td><ol><li>b</li></ol></td></tr></table>", "<p>a | 1. b</p>"),
    (('<table role="presentation"><tr><td></td><td><p>Hello</p><ul><li>a</li></ul></td>'
     "<td>&nbsp;</td></tr></table>"), "<p>Hello</p><ul><li>a</li></ul>"),
    ('<table role="presentation"><tr><td>Total</td><td></td><td>5</td></tr></table>',
     "<p>Total | 5</p>"),
    ("<table><tr><td><h1>Shop</h1></td><td>x</td></tr></table>", "<h1>Shop</h1><p>x</p>"),
    (("<table><tr><td><table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table></td>"
     "<td>d</td></tr></table>"), "<p>a | b</p><p>c</p><p>d</p>"),
    ("<table><tr><td></td></tr></table>", ""),
    ("<table><tr><td>a</table><p>b</p>", "<p>a</p><p>b</p>"),
    ("<table><tr><td>" * 20 + "x<td>y" + "</table>" * 20, "<p>x</p><p>y</p>"),
]  # fmt: skip

UNREAD = [
    ("<p>seen<span style='display:none'>unseen</span></p>", "<p>seen</p>"),
    ("<p hidden>a</p><p>b</p>", "<p>b</p>"),
    ('<div style="max-height:0;overflow:hidden">a<p>b</p></div><p>c</p>', "<p>c</p>"),
    ('<div style="position:absolute;left:-9999px">a</div>b', "b"),
    ('<div style="font-size:0">a<p style="font-size:12px">b</p></div>', "<p>b</p>"),
    ("<script>alert(1)</script>hi", "hi"),
    ("<title>Re: x</title><style>p {}</style><p>y</p>", "<p>y</p>"),
    ("<html><head><meta charset=utf-8><style>" + "p { color: red }\n" * 2300
     + "</style></head><body><p>Hello</p>", "<p>Hello</p>"),
    ("<p>a</p><!--[if mso]>b<![endif]--><o:p>c</o:p>", "<p>a</p><p>c</p>"),
    ("<svg><title>icon</title><desc>d</desc></svg>x", "x"),
    ("<template><p>a</p></template><noscript>b</noscript>", "b"),
    ("<svg><input>x</svg>", "x"),
    ("<plaintext>a<b>", "<p><code>a&lt;b&gt;</code></p>"),
]  # fmt: skip

BLANK = [
    "", " \n", "<p><br></p>", "<p>&nbsp;</p>", "<figure></figure>", "<div><p>\u200b</p></div>",
    "<ul><li></li></ul>", "<hr>", "<table><tr><td></td></tr></table>", "<b> </b>", "<!-- a -->",
    '<img src="cid:a" alt="">', "<blockquote><p> </p></blockquote>", "<pre>\n\n</pre>",
    "<p>&#8203;</p>", "<p>&zwnj;</p>",
]  # fmt: skip

ALL = [*INLINE, *BLOCKS, *LISTS, *WORD, *QUOTES, *TABLES, *UNREAD]


@pytest.mark.parametrize(("given", "shown"), ALL)
def test_what_fin_is_shown(given: str, shown: str) -> None:
    assert html.to_fin(given) == shown
    assert html.to_fin(shown) == shown
    assert html.from_fin(shown) == shown


@pytest.mark.parametrize("markup", BLANK)
def test_markup_without_a_word_is_nothing(markup: str) -> None:
    assert html.to_fin(markup) == ""
    assert html.is_blank(markup)


@pytest.mark.parametrize("markup", ["a", "👍", "<p>?</p>", '<img src="https://a.example/b.png">'])
def test_a_sign_or_a_picture_is_something(markup: str) -> None:
    assert not html.is_blank(markup)


def test_each_line_of_a_long_quote_is_marked() -> None:
    line = (
        '<p style="margin:0;font-size:11pt"><span style="color:rgb(31,73,125)">Line {}</span></p>'
    )
    quoted = "".join(line.format(number) for number in range(1000))
    shown = html.to_fin(f"<p>My reply</p><blockquote>{quoted}</blockquote><p>Bye</p>")
    lines = shown.replace("</p>", "").split("<p>")[1:]
    assert lines == ["My reply", *(f"&gt; Line {number}" for number in range(1000)), "Bye"]


def test_a_long_list_keeps_its_numbers_and_levels() -> None:
    items = "".join(f'<li class="x">a{n}<ul><li>b<p>c</p></li></ul></li>' for n in range(1500))
    shown = html.to_fin(f"<ol>{items}</ol>")
    assert shown.count("<ol>") == 1
    assert shown.count("<ul>") == shown.count("<li>b<br>c</li>") == 1500


def test_a_long_table_keeps_its_columns() -> None:
    rows = "".join(f'<tr><td class="x">{n}</td><td></td><td>z</td></tr>' for n in range(1500))
    shown = html.to_fin(f"<table>{rows}</table>")
    assert shown == "".join(f"<p>{n} | | z</p>" for n in range(1500))


def test_a_long_hidden_part_stays_hidden() -> None:
    hidden = "<p>unseen</p>" * 3000
    assert html.to_fin(f'<div style="display:none">{hidden}</div><p>seen</p>') == "<p>seen</p>"


def test_the_rest_of_a_text_that_is_too_long_is_said() -> None:
    markup = "<p>word &amp; word</p>" * 100
    shown = html.to_fin(markup, limit=1000)
    told = int(shown.rpartition("left out: ")[2].split()[0].replace(",", ""))
    assert shown.startswith("<p>word &amp; word</p>" * 40)
    assert len(markup) - 1000 <= told <= len(markup) - 900


def test_a_limit_falls_between_words_or_anywhere() -> None:
    note = "<p>[The rest of this text is left out: 15,000 characters.]</p>"
    assert html.to_fin("x" * 20_000, limit=5000) == "x" * 5000 + note
    shown = html.to_fin("word " * 4000, limit=5001)
    assert shown.startswith("word " * 999 + "word<p>[The rest")


def test_pictures_in_their_own_addresses_do_not_count() -> None:
    picture = f'<img src="data:image/png;base64,{"A" * 5000}" alt="A">'
    assert html.to_fin(f"<p>a{picture * 3}b</p>", limit=1000) == "<p>a[A][A][A]b</p>"
    shown = html.to_fin(f"{picture}{'word ' * 500}{picture}", limit=1000)
    assert shown.startswith("[A]word word")
    assert "left out" in shown


@pytest.mark.parametrize("limit", range(40, 60))
def test_no_entity_is_parted_by_the_limit(limit: int) -> None:
    assert "&amp;am" not in html.to_fin("&amp;" * 30, limit=limit)
    assert "am]" not in html.to_fin("x" * 45 + "&amp;" * 30, limit=limit)


class TestAddresses:
    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ("/faq", f"{BASE}/faq"),
            ("faq?a=1", f"{BASE}/faq?a=1"),
            ("//cdn.example/x", "https://cdn.example/x"),
            ("https://a.example/?x=1&amp;y=2",) * 2,
            ("mailto:a@b.example",) * 2,
            ("tel:+4912",) * 2,
            (" https://a.example/b\n", "https://a.example/b"),
            ("#part", ""),
            ("http://[", ""),
            ("//[", ""),
            ("https://a.example:port/", ""),
            ("https://user:secret@a.example/", ""),
            ("javascript:x()", ""),
            ("ftp://a.example/", ""),
            ("https://a.example/" + "x" * 9000, ""),
        ],
    )
    def test_a_link(self, given: str, shown: str) -> None:
        link = f'<a href="{shown}">x</a>' if shown else "x"
        assert html.to_fin(f'<p>a <a href="{given}">x</a></p>', base=BASE) == f"<p>a {link}</p>"

    def test_without_a_base_what_is_relative_is_left_out(self) -> None:
        assert html.to_fin('<a href="/faq">x</a>') == "x"
        assert html.to_fin('<img src="/a.png" alt="A">') == "[A]"

    @pytest.mark.parametrize(
        ("address", "kept"),
        [
            ("https://a.example/", True),
            ("mailto:a@b.example", True),
            ("tel:1", True),
            ("/admin/", False),
            ("//a.example/", False),
            ("tickets/1", False),
            ("https://user:secret@a.example/", False),
            ("data:text/plain,x", False),
        ],
    )
    def test_what_fin_links_to_leads_not_into_the_helpdesk(self, address: str, kept: bool) -> None:
        stored = html.from_fin(f'<p><a href="{address}">x</a></p>')
        assert ("href" in stored) is kept

    def test_a_picture_of_fins_is_loaded_from_elsewhere(self) -> None:
        assert html.from_fin('<img src="/logout" alt="a">') == '<img alt="a">'
        assert html.from_fin('<img src="mailto:a@b.example">') == "<img>"


class TestPictures:
    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ('<img src="cid:part1" alt="Logo">', "[Logo]"),
            ('<p>a <img src="data:image/png;base64,xx"> b</p>', "<p>a [image] b</p>"),
            ('<p>a<img src="cid:x" alt=""></p>', "<p>a</p>"),
            ('<img src="https://a.example/x.gif" width="1" height="1">', ""),
            ('<img src="https://a.example/x.gif" style="width:0">', ""),
            ('<img src="https://a.example/x.png" onerror="y()" alt="&quot;">',
             '<img src="https://a.example/x.png" alt="&quot;">'),
            ('<a href="https://a.example"><img src="https://a.example/x.png"></a>',
             '<a href="https://a.example"><img src="https://a.example/x.png"></a>'),
        ],
    )  # fmt: skip
    def test_a_picture_is_shown_or_named(self, given: str, shown: str) -> None:
        assert html.to_fin(given) == shown

    def test_the_helpdesk_says_where_a_picture_is(self) -> None:
        asked = []

        def resolve(address: str) -> str | None:
            asked.append(address)
            return "https://a.example/1.png" if address.startswith("data:") else None

        long = "data:image/png;base64," + "A" * 300_000
        markup = f'<p>a</p><img src="{long}"><img src="https://b.example/2.png">'
        assert html.to_fin(markup, picture=resolve) == (
            '<p>a</p><p><img src="https://a.example/1.png"><img src="https://b.example/2.png"></p>'
        )
        assert asked == [long, "https://b.example/2.png"]

    @pytest.mark.parametrize(
        "markup",
        [
            '<iframe src="https://v.example/e">no</iframe>',
            '<figure class="media"><oembed url="https://v.example/e"></oembed></figure>',
            '<video src="https://v.example/e">no</video>',
            '<audio controls><source src="https://v.example/e"><source src="x">no</audio>',
            '<object data="https://v.example/e"><p>no</p></object>',
        ],
    )
    def test_what_is_embedded_is_a_link(self, markup: str) -> None:
        link = '<a href="https://v.example/e">https://v.example/e</a>'
        assert html.to_fin(f"<p>Watch:</p>{markup}") == f"<p>Watch:</p><p>{link}</p>"

    def test_a_frame_without_an_address_is_nothing(self) -> None:
        assert html.to_fin('<video><source src="javascript:x()"></video><p>a</p>') == "<p>a</p>"


def test_what_fin_writes_is_reduced_to_its_tags() -> None:
    markup = "<p>a</p><table><tr><td>b</td></tr></table><style>c</style>"
    assert html.from_fin(markup) == "<p>a</p>b"


def test_a_long_text_of_fins_is_sanitised_in_portions() -> None:
    markup = "<p>word <b>bold</b></p>" * 2000
    assert (
        html.from_fin(f'{markup}<a href="/admin/">x</a><script>y</script>') == f"{markup}<p>x</p>"
    )


def test_a_list_of_fins_goes_on_where_it_was_parted() -> None:
    assert html.from_fin('<ol start="3"><li>a</li></ol>') == '<ol start="3"><li>a</li></ol>'
