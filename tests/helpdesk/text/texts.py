"""Texts as Fin writes them: what its answers hold, and what looks like Markdown in them."""

from __future__ import annotations

import html
from typing import Final

_LOOKS_LIKE_MARKDOWN: Final = (
    "C# and F#",
    "# 1 of our offers",
    "## two",
    "Total\n=====\n80 EUR",
    "Total\n-----\n80 EUR",
    "One\n~~~\ntwo\n~~~",
    "Do ~~not~~ restart, ~once~ or in ~5 minutes, see ~/logs",
    "1) Turn it off\n2) Turn it on",
    "1. Turn it off\n2. Turn it on",
    "12. December",
    "First\n - a dash\n + a plus\n * a star",
    "- dash",
    "+ 49 30 1234",
    "> quoted\n>> twice",
    "***\n---\n___\n* * *\n- - -",
    "See https://x.example/a_b_c?d_e=f_g and https://x.example/_private_/*all*",
    "https://x.example/100%25_of_it, or https://x.example/?a=1&copy=2",
    "2 * 3 * 4 and snake_case and __init__ and **not bold** and *not italic*",
    "`not code` and ``neither``",
    "Item | Price\n--- | ---\nInk | 5",
    "|a|b|\n|:--|--:|\n|c|d|",
    "&copy; &amp; &#35; &lt; AT&T",
    "<b>bold</b> <printer> </p> <!-- note --> <https://x.example> <a@x.example> 1 < 2 <3",
    "[text](https://x.example) ![picture](https://x.example/i.png) [a][b] [see](note: that)",
    "[a]: https://x.example\n[a]",
    "[^1] and\n[^1]: a note",
    "[x] done\n[ ] open",
    "C:\\new\\*.txt and \\\\server\\share and \\# and \\",
    "Term\n: definition",
    "!!! note\n    inside",
    "{#id .class} {: .class } {{ x }} {% y %}",
    "$x_1$ ==marked== ^up^ H~2~O",
    "a@x.example and first_last@x.example and www.x.example/a_b",
    "Really!",
    "=",
    "-",
    "*",
    "100 %, 5 > 3, \"quoted\", 'single', (c), ...",
)

_MARKED_UP: Final = (
    "<p>Hello <b>you</b> and <i>you</i> and <b><i>all</i> of</b> us</p>",
    '<p><b>Note:</b>text, <b>"Save"</b>-button, a<b>(b)</b>c, a<i>b</i>c, x<b>y</b>z</p>',
    "<p><b>a</b><i>b</i>, <i>a</i><b>b</b>, <b>a<i>b</i></b>, <i>a<b>b</b></i></p>",
    "<p>\N{LEFT CORNER BRACKET}x<b>\N{LEFT CORNER BRACKET}y\N{RIGHT CORNER BRACKET}</b>z</p>",
    "<p><b>one<br>two</b><br><br>three</p>",
    "<h1>C#</h1><h2># x ##</h2><p>text</p><h2>two<br>lines</h2>",
    "<ol><li>Open</li><li>Choose<ul><li>A</li><li>B</li></ul></li><li>Save</li></ol>",
    "<ul><li>a<ol><li>b<ul><li>c<ol><li>d</li></ol></li></ul></li></ol></li><li>e</li></ul>",
    "<ul><li>a<p>b</p><ul><li>c<p>d</p></li></ul><p>e</p></li><li>f</li></ul>",
    "<ul><li>a</li></ul><ul><li>b</li></ul><ol><li>c</li></ol><ol><li>d</li></ol>",
    "<ol><li>a</li></ol><p>between</p><ol><li>b</li></ol>",
    "<ul><li><h1>T</h1>x</li><li><h2>U</h2><ul><li>y</li></ul></li></ul>",
    "<ol>" + "".join(f"<li>{n}<ul><li>n</li></ul></li>" for n in range(105)) + "</ol>",
    "<ol><li># a</li><li>- b</li><li>1. c</li><li>&gt; d</li></ol>",
    "<p><code>cd x<br>  make<br><br>run</code></p>",
    "<p>Type <code>a`b</code>, <code>`</code>, <code>C:\\</code>, <code>&lt;b&gt;</code></p>",
    "<p><code>&amp;amp; **x** [y](z)</code></p>",
    "<p>Run:<br><code>cd x<br>make</code><br>then wait</p>",
    "<ul><li><code>x<br>y</code></li><li>a<p><code>p<br>  q</code></p>b</li></ul>",
    "<ul><li>a</li></ul><p><code>c<br>d</code></p><p><code>e<br>f</code></p>",
    '<p><a href="https://x.example/a_(b)?c=d&amp;e=f">the <b>page</b>, a_b [c]</a>!</p>',
    '<p>!<a href="https://x.example/">https://x.example/</a> <a href="tel:+491234">call</a></p>',
    '<p><a href="mailto:a_b@x.example">a_b@x.example</a></p>',
    '<p>x]<a href="https://x.example">^y</a>(z)</p>',
    '<p><img src="https://x.example/i_j.png" alt="S [x] *y*"></p>',
    '<p><a href="https://x.example"><img src="https://x.example/i.png" alt="T"></a></p>',
    "text without a paragraph<p>and one</p>",
)

TEXTS: Final = (
    *(
        f"<p>{html.escape(text, quote=False)}</p>".replace("\n", "<br>")
        for text in _LOOKS_LIKE_MARKDOWN
    ),
    *_MARKED_UP,
)
