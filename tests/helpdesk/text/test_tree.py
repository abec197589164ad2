"""The tree is what a browser builds, whatever the length; the parser sees bounded portions."""

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from fin_bridge.helpdesk.text import html, tree
from fin_bridge.helpdesk.text.nesting import MOST
from fin_bridge.helpdesk.text.portions import SIZE
from fin_bridge.helpdesk.text.tree import Node

N = 3 * SIZE
DEEP = 420
"""Levels, a few more than the tags from which on our bound holds."""
WORDS = "word " * (SIZE // 5 * 2)
MOST_AT_ONCE = SIZE * 2
"""What is open across a border comes on top of a portion, and formatting gets longer names."""


def shown(markup: str) -> str:
    """The tree as HTML in which each element has an end."""
    found, opened = [], []
    for event in tree.events(markup):
        if isinstance(event, Node):
            opened.append(event.tag)
            found.append(f"<{event.tag}>")
        else:
            found.append(f"</{opened.pop()}>" if event is None else event)
    assert not opened
    return "".join(found)


def nodes(markup: str) -> list[Node]:
    return [event for event in tree.events(markup) if isinstance(event, Node)]


@pytest.mark.parametrize(
    ("markup", "built"),
    [
        ("", ""),
        ("a &amp; b&nbsp;&lt;", "a & b\xa0<"),
        ("<p>a<b>b<p>c", "<p>a<b>b</b></p><p><b>c</b></p>"),
        ("<ul><li>a<li>b", "<ul><li>a</li><li>b</li></ul>"),
        ("<table><td>a", "<table><tbody><tr><td>a</td></tr></tbody></table>"),
        ("<br>a<img>", "<br></br>a<img></img>"),
        ("<!-- a --><![if x]>b<![endif]>", "b"),
        ("<script>a</script><style>b</style>", "<script></script><style></style>"),
        ("<xmp><b></xmp>", "<pre><b></pre>"),
        ("<a<b>c", "<a<b>c</a<b>"),
        ("<svg><input>x</input></svg>", "<svg><input></input>x</svg>"),
        ("<frameset><frame>", ""),
        ("</body></p>", "<p></p>"),
    ],
)
def test_the_tree(markup: str, built: str) -> None:
    assert shown(markup) == built


def test_attributes_are_strings() -> None:
    (node,) = nodes("<p a=1 B='x &amp; &quot;y&quot;' hidden>x")
    assert node.attributes == {"a": "1", "b": 'x & "y"', "hidden": ""}
    assert node.get("c") == ""


LONG = {
    "attributes of one tag": f"<a {' '.join(f'a{n}' for n in range(1500))}>x</a>{WORDS}",
    "a value without an end": '<a b="' + "x " * N,
    "a long value": f'<p title="{"x" * N}">x</p>',
    "a long value without quotes": f"<p title={'x' * N}>x</p>",
    "a long comment": "<!--" + "<p>" * N,
    "long styles": f"<style>{'p{}' * N}</style>x",
    "a long script": "<script>" + "<p>" * N,
    "what a table may not hold": "<table>" + "x<i>y</i>" * 1000 + WORDS,
    "many tags": "<b>x</b>" * (N // 8),
    "deep blocks": "<div>" * DEEP + WORDS,
    "deep lists": "<ul><li>" * DEEP + WORDS,
    "deep formatting": "<b><i>" * DEEP + WORDS,
    "deep tables": "<table><tr><td>" * DEEP + WORDS,
    "formatting that is never closed": "".join(f"<i a={n}><p>x" for n in range(DEEP)) + WORDS,
    "text alone": "x" * N,
    "entities": "&amp;" * (N // 5),
    "signs": "< & <" * (N // 5),
    "frames": "<iframe>" + "<p>" * N,
    "a text field": "<textarea>" + "<p>" * (N // 3),
}


@pytest.mark.parametrize("markup", LONG.values(), ids=LONG)
def test_the_parser_is_given_bounded_portions(
    markup: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []

    def recording(portion: str) -> LexborHTMLParser:
        given.append(len(portion))
        return LexborHTMLParser(portion)

    monkeypatch.setattr(tree, "LexborHTMLParser", recording)
    events = sum(1 for _ in tree.events(markup))
    assert max(given) <= MOST_AT_ONCE
    assert sum(given) <= 2 * len(markup) + MOST_AT_ONCE
    assert events <= len(markup)


@pytest.mark.parametrize("times", [1, 7, 40])
def test_long_and_short_are_built_alike(times: int) -> None:
    part = (
        "<section><h2>a</h2><p>b <b>c <i>d</i></b> &amp; e</p><ul><li>f<ul><li>g</li></ul></li>"
        "</ul><table><tbody><tr><td>h<pre>\n\ni\nj</pre></td><td>k</td></tr></tbody></table>"
        '<blockquote>l<br>m</blockquote><img src="https://a.example/x.png"></section>'
    )
    assert shown(part * times * 10) == shown(part) * times * 10


def test_words_that_a_table_may_not_hold_go_on_before_it() -> None:
    words = [f"w{number}" for number in range(9000)]
    body = shown(f"<table>{' '.join(words)}<tr><td>x</td></tr></table>")
    assert re.sub(r"<[^>]*>", "", body).split() == [*words[:-1], f"{words[-1]}x"]


def test_of_very_many_levels_the_outer_ones_go_on() -> None:
    words = "".join(f"<p>w{number}</p>" for number in range(5000))
    events = list(tree.events("<table><tr><td>" * 90 + words))
    told = [event for event in events if isinstance(event, str)]
    assert told == [f"w{number}" for number in range(5000)]
    assert events.count(None) == sum(isinstance(event, Node) for event in events)


def test_an_element_that_is_longer_than_a_portion_is_one() -> None:
    inner = "".join(f"<p>word{n}</p>" for n in range(5000))
    markup = f"<div><blockquote>{inner}</blockquote></div>x"
    assert shown(markup) == markup


def test_code_keeps_its_lines_across_a_border() -> None:
    lines = "".join(f"line {n}\n\n" for n in range(5000))
    assert shown(f"<pre>{lines}</pre>") == f"<pre>{lines}</pre>"


def test_a_border_in_a_text_parts_no_entity() -> None:
    for shift in range(9):
        text = "x" * shift + "&amp;&nbsp;" * (SIZE // 5)
        assert shown(text) == "x" * shift + "&\xa0" * (SIZE // 5)


def test_pictures_in_their_own_addresses_do_not_reach_the_parser() -> None:
    for quote in ('"', "'", ""):
        data = "data:image/png;base64," + "A" * N
        _, image = nodes(f"<p>a</p><img alt=b src={quote}{data}{quote}>c")
        assert image.get("src") == data
        assert image.get("alt") == "b"


@pytest.mark.parametrize(
    "address", ["fin-bridge-data:x", "fin-bridge-data:", "fin-bridge-data:99"]
)
def test_nobody_else_can_say_where_a_picture_is(address: str) -> None:
    (image,) = nodes(f'<img src="{address}">')
    assert "data:image" not in image.get("src")


@pytest.mark.parametrize(
    "tags", ["<ul><li>", "<div>", "<b><i>", "<blockquote>", "<DIV\n>", "<b></i>", "<table><td>"]
)
def test_what_is_nested_deeply_keeps_its_words(tags: str) -> None:
    deep = tags * DEEP + "still <b>here</b>"
    text = html.to_fin(deep).replace("<b>", "").replace("</b>", "").replace("&gt; ", "")
    assert "still here" in text or text.split("<li>")[-1].startswith("still here")


def test_a_border_is_seen_wherever_it_falls() -> None:
    """What is open at it may be a choice, a drawing or a table, which hold few elements."""
    for around in ("select", "svg", "table", "button", "ruby"):
        words = "".join(f"<p>w{n}</p>" for n in range(4000))
        markup = f"<{around}>x</{around}>{words}<{around}><i>{'y ' * SIZE}</i></{around}>end"
        shown_text = html.to_fin(markup)
        assert all(f"w{n}<" in shown_text for n in range(4000))
        assert "end" in shown_text


def test_levels_that_are_open_are_bounded() -> None:
    events = list(tree.events("<div>" * DEEP + WORDS))
    depth = deepest = 0
    for event in events:
        depth += 1 if isinstance(event, Node) else -1 if event is None else 0
        deepest = max(depth, deepest)
    assert depth == 0
    assert deepest <= 2 * MOST + 1
