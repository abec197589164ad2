"""Fin's tags are left, and addresses that lead outside; all else is not."""

import pytest

from fin_bridge.helpdesk.text.sanitising import TAGS, sanitised, sanitised_with_addresses


@pytest.mark.parametrize("tag", sorted(TAGS))
def test_fins_tags_stay_without_other_attributes(tag: str) -> None:
    assert f"<{tag}>" in sanitised(f'<{tag} class="c" onclick="x">a</{tag}>')


@pytest.mark.parametrize(
    ("markup", "clean"),
    [
        ("a<script>b</script><style>c</style>", "a"),
        ("<div>a</div><h3>b</h3>", "ab"),
        ("<!-- a -->b &lt;", "b &lt;"),
        ('<a href="javascript:x">a</a>', "<a>a</a>"),
        ('<a href="page">a</a>', "<a>a</a>"),
        ('<img src="https://a.example/" alt="b" width="1">',) * 2,
    ],
)
def test_what_is_sanitised(markup: str, clean: str) -> None:
    assert sanitised(markup) == clean.replace(' width="1"', "")


@pytest.mark.parametrize(
    ("markup", "clean"),
    [
        ('<a href="https://b:c@a.example/">a</a>', "<a>a</a>"),
        ('<a href="mailto:a@a.example">a</a>',) * 2,
        ('<img src="mailto:a@a.example">', "<img>"),
        ('<ol start="3"><li>a</li></ol>',) * 2,
    ],
)
def test_what_fin_wrote_has_sound_addresses(markup: str, clean: str) -> None:
    assert sanitised_with_addresses(markup) == clean


def test_a_start_is_fins_alone() -> None:
    assert sanitised('<ol start="3"><li>a</li></ol>') == "<ol><li>a</li></ol>"
