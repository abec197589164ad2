"""An address is kept where it leads somewhere for everybody who reads it."""

import pytest

from fin_bridge.helpdesk.text import addresses

BASE = "https://desk.example/help/"


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
    assert addresses.of_link(address) == found


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
    assert addresses.of_link(address, BASE) == found


@pytest.mark.parametrize("address", ["mailto:a@a.example", "cid:picture", "data:image/png;x"])
def test_a_picture_is_loaded_from_a_host(address: str) -> None:
    assert addresses.of_picture(address) == ""
    assert addresses.of_picture("i.png", BASE) == "https://desk.example/help/i.png"
