"""What real editors and mail programs write reads as written when it is handed to Fin."""

import re

import pytest

from fin_bridge.helpdesk import Html
from tests.texts import plain
from tests.texts.elements import ELEMENTS
from tests.texts.judge import RIGHT, Verdict, judge
from tests.texts.sources import EDITORS, MAILS, RENDERERS, Text, cannot, texts

TEXTS = texts()
SOURCES = [*EDITORS, *RENDERERS, *MAILS]
_FINS_TAG = re.compile(r"</?(?:p|h1|h2|b|i|a|img|br|code|ul|ol|li)\b")


@pytest.mark.parametrize("text", TEXTS, ids=[text.name for text in TEXTS])
def test_each_text_reads_as_written(text: Text) -> None:
    handed = Html("body").to_fin(text.html)
    assert judge(text.reads, plain.read(handed)) in RIGHT, f"{text.reads}\n\n{handed}"
    assert len(_FINS_TAG.findall(handed)) == handed.count("<")


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_has_each_element_or_says_that_it_cannot(source: str) -> None:
    written = {text.element for text in TEXTS if text.source == source} - {"reply"}
    assert written | cannot(source) == {element.name for element in ELEMENTS}
    assert not written & cannot(source)


@pytest.mark.parametrize(
    ("written", "handed", "verdict"),
    [
        ("1. Open it\n2. Close it", "<ol><li>Open it</li><li>Close it</li></ol>", Verdict.SAME),
        ("1. Open it\n2. Close it", "<ul><li>Open it</li><li>Close it</li></ul>", Verdict.LOST),
        ("3. Start it", '<ol start="3"><li>Start it</li></ol>', Verdict.LOST),
        ("3. Start it", "<p>3. Start it</p>", Verdict.SAME),
        ("1. a\n  - b", "<ol><li>a<ul><li>b</li></ul></li></ol>", Verdict.SAME),
        ("1. a\n  - b", "<ol><li>a</li></ol><ul><li>b</li></ul>", Verdict.CHANGED),
        ("1. a\n  - b", "<p>1. a<br>&nbsp;&nbsp;&nbsp;&nbsp;- b</p>", Verdict.SAME),
        ("[x] In", "<ul><li>[x] In</li></ul>", Verdict.SAME),
        ("[x] In", "<ul><li>In</li></ul>", Verdict.LOST),
        ("[x] In", "<ul><li>[ ] In</li></ul>", Verdict.LOST),
        ("Do ~not~ go", "<p>Do ~not~ go</p>", Verdict.SAME),
        ("Do ~not~ go", "<p>Do go</p>", Verdict.AS_GOOD),
        ("Do ~not~ go", "<p>Do not go</p>", Verdict.CHANGED),
        ("10^5", "<p>10⁵</p>", Verdict.SAME),
        ("10^5", "<p>105</p>", Verdict.LOST),
        ("__a__ b", "<p><i>a</i> b</p>", Verdict.AS_GOOD),
        ("**a** b", "<p>a b</p>", Verdict.CHANGED),
        ("> a\n> b", "<p>&gt; a<br>&gt; b</p>", Verdict.SAME),
        ("> a\n> b", "<p>&gt; a<br>b</p>", Verdict.CHANGED),
        ("# a", "<p><b>a</b></p>", Verdict.AS_GOOD),
        ("| Ink | | 5 |", "<p>Ink | | 5</p>", Verdict.SAME),
        ("| Ink | | 5 |", "<p>Ink 5</p>", Verdict.CHANGED),
        ("`a`\n`  b`", "<p><code>a<br>&nbsp; b</code></p>", Verdict.SAME),
        ("`a`\n`  b`", "<p><code>a<br>  b</code></p>", Verdict.CHANGED),
        ("a b", "<p>a</p>", Verdict.LOST),
        ("[a](https://a.example/)", '<p><a href="https://a.example/">a</a></p>', Verdict.SAME),
        ("[a](https://a.example/)", "<p>a</p>", Verdict.LOST),
    ],
)
def test_the_judge_tells_one_from_the_other(written: str, handed: str, verdict: Verdict) -> None:
    assert judge(written, plain.read(handed)) is verdict
