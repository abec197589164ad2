"""What is costly to sanitise is handed over in portions; what is merely long stays as it is."""

import pytest

from fin_bridge.helpdesk import html
from fin_bridge.helpdesk.portions import GROWTH, SIZE, sanitise

N = 300_000


def portions(markup: str) -> list[str]:
    """What the sanitiser is given."""
    given: list[str] = []

    def clean(portion: str) -> str:
        given.append(portion)
        return portion

    sanitise(markup, clean)
    return given


COSTLY = {
    "attributes of one tag": "<a " + " ".join(f"a{n}" for n in range(N // 7)) + ">x</a>",
    "attributes behind a quote": '<a b=">" ' + " ".join(f"a{n}" for n in range(N // 7)) + ">",
    "attributes behind a tag in a quote": '<a b=" <p> " ' + "c " * N + ">",
    "attributes behind a comment": '<!-- <a b=" --> <x ' + "c " * N + '">',
    "what a table may not hold": "<table>" + "x<i>y</i>" * (N // 9),
    "many tags": "<b>x</b>" * (N // 8),
}


@pytest.mark.parametrize("markup", COSTLY.values(), ids=COSTLY)
def test_what_is_costly_comes_in_portions(markup: str) -> None:
    found = portions(markup)
    assert len(found) > 5
    assert max(map(len, found)) <= SIZE + len("<table>")
    assert "".join(found).replace("<table>", "") == markup.replace("<table>", "")


@pytest.mark.parametrize(
    "markup",
    [
        "<p>" + "x" * N + "</p>",
        "<pre>" + "a &lt; b\n" * (N // 10) + "</pre>",
        "".join(f'<p class="c{n}">{"word " * 500}</p>\n' for n in range(100)),
        "x" * N,
        '<b a="1">x</b>' * 10,
    ],
)
def test_what_is_merely_long_stays_whole(markup: str) -> None:
    assert portions(markup) == [markup]


def test_a_long_mail_loses_no_words() -> None:
    rows = "".join(f"<tr><td style='color: red'>word{n}</td></tr>" for n in range(5000))
    shown = html.to_fin(f"<!--[if mso]>x<![endif]--><table>{rows}</table>")
    assert all(f"word{n} " in shown for n in range(5000))
    assert html.from_fin(shown).count("word") == 5000


def test_pictures_in_a_mail_are_no_markup() -> None:
    picture = f'<img src="data:image/png;base64,{"A" * N}" alt="Logo">'
    assert (
        html.to_fin(f"<p>{picture}</p><pre>1\n2</pre>")
        == "<p>[Logo]</p><p><code>1<br>2</code></p>"
    )


def test_tags_repeated_in_each_paragraph_are_text() -> None:
    markup = "<p>" + "".join(f"<i a={n}>" for n in range(60)) + "<p>x" * 5000
    shown = html.from_fin(markup)
    assert len(shown) <= len(markup) * GROWTH + SIZE
    assert shown.count("x") == 5000
    assert "<i>" not in shown
