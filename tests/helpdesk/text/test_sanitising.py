"""Fin's tags are left, and addresses that lead outside; all else is not."""

import pytest

from fin_bridge.helpdesk.text.sanitising import (
    TAGS,
    link_address,
    picture_address,
    sanitised,
    sanitised_with_addresses,
)

BASE = "https://desk.example/help/"


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


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://a.example/b?c=d#e", "https://a.example/b?c=d#e"),
        ("  https://a.example/b\n", "https://a.example/b"),
        ("HTTPS://a.example/", "HTTPS://a.example/"),
        ("mailto:a@a.example", "mailto:a@a.example"),
        ("tel:+491234", "tel:+491234"),
        ("//a.example/b", "https://a.example/b"),
        ("", ""),
        ("#part", ""),
        ("javascript:x", ""),
        ("data:text/html,x", ""),
        ("ftp://a.example/", ""),
        ("https://", ""),
        ("https://user@a.example/", ""),
        ("https://a.example:port/", ""),
        ("https://a.example\\b", ""),
        ("https://a.example/" + "b" * 9000, ""),
        ("page", ""),
    ],
)
def test_a_link(address: str, found: str) -> None:
    assert link_address(address) == found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("page", "https://desk.example/help/page"),
        ("/page", "https://desk.example/page"),
        ("//a.example/b", "https://a.example/b"),
        ("//[a/b", ""),
        ("#part", ""),
    ],
)
def test_a_link_without_a_host_is_completed(address: str, found: str) -> None:
    assert link_address(address, BASE) == found


def test_a_base_that_is_no_address_completes_nothing() -> None:
    assert link_address("page", "https://[desk") == ""


@pytest.mark.parametrize("address", ["mailto:a@a.example", "cid:picture", "data:image/png;x"])
def test_a_picture_is_loaded_from_a_host(address: str) -> None:
    assert picture_address(address) == ""
    assert picture_address("i.png", BASE) == "https://desk.example/help/i.png"
