"""Fin's HTML as Markdown: lists, code and what cannot be said otherwise."""

import pytest

from fin_bridge.helpdesk.text.markdown import NOTHING, to_markdown, without_nothing
from fin_bridge.helpdesk.text.renderers import Dialect, named
from tests.helpdesk.text import page

RENDERERS = ["python-markdown", "commonmark", "github", "mistune"]


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("", ""),
        ("<p>a <b>b </b><i>c</i></p><p>d<br>e<br><br>f</p>", "a **b** *c*\n\nd  \ne\n\nf"),
        ("<h1>C#</h1><h2>a<br>b</h2>", "# C\\#\n\n## a\n\n## b"),
        (
            "<ol><li>Open</li><li>Choose<ul><li>A</li><li>B</li></ul></li><li>Save</li></ol>",
            "1.  Open\n2.  Choose\n    -   A\n    -   B\n3.  Save",
        ),
        ("<ul><li>a<p>b</p></li><li>c</li></ul>", "-   a\n\n    b\n\n-   c"),
        ("<ul><li>a</li></ul><ol><li>b</li></ol>", f"-   a\n\n{NOTHING}\n\n1.  b"),
        ("<ul><li></li><li>b</li></ul>", f"-   {NOTHING}\n-   b"),
        ('<ol start="3"><li>c</li></ol>', "3.  c"),
        ("<p>Run:</p><p><code>cd x<br>  make</code></p>", "Run:\n\n    cd x\n      make"),
        ("<p><code>a<br><br>b</code></p>", f"{NOTHING}\n\n    a\n\n    b"),
        ("<p>Total<br>===</p>", "Total  \n&#61;=="),
        ("<p>a | b<br>--- | ---</p>", "a | b  \n\\--- | ---"),
        ("<p>1. a<br>2) b<br>- c<br>3.5</p>", "1\\. a  \n2\\) b  \n\\- c  \n3.5"),
        ("<p>see https://x.example/a_b.</p>", "see https://x.example/a_b."),
        ("<p>see https://x.example/*a*.</p>", "see <https://x.example/*a*>."),
        ("<p>https://x.example/%C3<b>a</b></p>", None),
        (
            '<a href="https://x.example/a_(b)">c [d]</a>',
            "[c &#91;d&#93;](https://x.example/a_(b))",
        ),
        ('<a href="https://x.example/a)b">c</a>', "[c](https://x.example/a%29b)"),
        ('<a href="https://x.example">https://x.example</a>', "<https://x.example>"),
        ('Hi!<a href="https://x.example">a</a>', "Hi&#33;[a](https://x.example)"),
        ('<img src="https://x.example/i.png" alt="a*">', "![a&#42;](https://x.example/i.png)"),
        ("<code>`a`</code>", "`` `a` ``"),
        ("<p>a<b>(b)</b>c</p>", "&#97;**(b)**&#99;"),
    ],
)
def test_html_as_markdown(markup: str, markdown: str | None) -> None:
    found = to_markdown(markup)
    assert markdown is None or found == markdown
    for name in RENDERERS:
        shown = page.read(named(name, raw_html=True)(found))
        assert shown.lines == page.read(markup).lines, name


@pytest.mark.parametrize("name", RENDERERS)
def test_ten_levels_of_lists_keep_their_words(name: str) -> None:
    markup = "<ol><li>a" * 10 + "b" + "</li></ol>" * 10
    shown = page.read(named(name, raw_html=True)(to_markdown(markup)))
    assert [line.marks or line.text.split()[0] for line in shown.lines] == ["1."] * 10
    assert "".join(line.text.split()[-1] for line in shown.lines) == "a" * 10 + "b"


def test_numbers_that_a_renderer_does_not_keep_are_text() -> None:
    markup = '<ol start="3"><li>c<ul><li>x</li></ul></li><li><p><code>d<br>e</code></p></li></ol>'
    assert to_markdown(markup, Dialect(keeps_numbers=False)) == (
        "3\\. c\n\n-   x\n\n4\\.\n\n    d\n    e"
    )
    numbered = to_markdown("<ol><li>a</li></ol>", Dialect(keeps_numbers=False))
    assert numbered == "1.  a"


def test_without_references_a_mark_that_would_be_mistaken_is_left_out() -> None:
    plain = Dialect(knows_references=False)
    assert to_markdown("<p>a<b>(b)</b>c <b>d</b> &lt;e</p>", plain) == r"a(b)c **d** \<e"
    assert to_markdown("<p>a<b><i>(b)</i></b>c</p>", plain) == "a(b)c"


def test_what_is_not_seen_is_left_out_on_the_way_back() -> None:
    rendered = f"<p>{NOTHING}</p><ul><li>\n<p>{NOTHING}</p></li></ul><p>a{NOTHING}b</p>"
    assert without_nothing(rendered) == f"<ul><li>\n</li></ul><p>a{NOTHING}b</p>"
    assert without_nothing(f"<li>{NOTHING}\n<ul>") == "<li><ul>"


def test_a_picture_without_an_address_is_named() -> None:
    assert to_markdown("<img alt='a*'> <img>") == r"\[a&#42;\] \[image\]"
