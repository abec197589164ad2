import pytest

from fin_bridge.testing.messenger.messages import html_for_page, html_of, text_of


def unmapped(url: str) -> str:
    return url


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Hi", "<p>Hi</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        (" one\ntwo\n \n\nthree ", "<p>one<br>two</p><p>three</p>"),
        ("<script>", "<p>&lt;script&gt;</p>"),
    ],
)
def test_text_becomes_paragraphs(text: str, html: str) -> None:
    assert html_of(text) == html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one<br>two</p><p>three</p>", "one\ntwo\nthree"),
        ("<p>a &lt; b &amp; c</p>", "a < b & c"),
        ("<ul><li>one</li><li><b>two</b></li></ul>", "one\ntwo"),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_html_is_read_as_text(html: str, text: str) -> None:
    assert text_of(html) == text


def test_the_page_gets_the_tags_of_the_contract() -> None:
    html = "<h1>a</h1><h2>b</h2><p><b>c</b><i>d</i><code>e</code><br></p><ol><li>f</li></ol>"
    assert html_for_page(html, unmapped) == html


@pytest.mark.parametrize("level", [3, 4, 5, 6])
def test_small_headings_are_shown_as_h2(level: int) -> None:
    assert html_for_page(f"<h{level} id=x>a</h{level}>", unmapped) == "<h2>a</h2>"


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<script>alert(1)</script>", ""),
        ("<img src=x onerror=alert(1)>", "<img>"),
        ('<p style="position:fixed" onclick="x()">a</p>', "<p>a</p>"),
        ("<table><tr><td>a</td></tr></table>", "a"),
        ("<svg><script>1</script></svg>", ""),
        ('<img src="data:image/png;base64,AA==">', "<img>"),
    ],
)
def test_the_page_gets_nothing_else(html: str, cleaned: str) -> None:
    assert html_for_page(html, unmapped) == cleaned


def test_links_open_elsewhere_and_only_if_they_are_harmless() -> None:
    rest = 'target="_blank" rel="noopener noreferrer"'
    assert html_for_page('<a href="javascript:x()">a</a>', unmapped) == f"<a {rest}>a</a>"
    assert (
        html_for_page('<a href="https://x.example">a</a>', unmapped)
        == f'<a href="https://x.example" {rest}>a</a>'
    )


def test_addresses_are_mapped() -> None:
    def mapped(url: str) -> str:
        return url.replace("https://x.example", "http://127.0.0.1:8000")

    html = '<p><img src="https://x.example/a.png" alt="https://x.example"></p>'
    assert (
        html_for_page(html, mapped)
        == '<p><img src="http://127.0.0.1:8000/a.png" alt="https://x.example"></p>'
    )
