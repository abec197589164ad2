"""A picture is shown by an address that Fin can load, else by its name."""

import pytest

from fin_bridge.helpdesk.text.embedded import Pictures, address_of
from fin_bridge.helpdesk.text.tree import Node

PNG = "https://a.example/i.png"


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ({"src": PNG}, (f'<img src="{PNG}">', "")),
        ({"src": PNG, "alt": 'a "b"'}, (f'<img src="{PNG}" alt="a &quot;b&quot;">', "")),
        ({"src": "i.png", "title": "t"}, ('<img src="https://desk.example/i.png" alt="t">', "")),
        ({"src": "cid:x", "alt": "Tray"}, ("", "[Tray]")),
        ({"src": "cid:x"}, ("", "[image]")),
        ({"src": "cid:x", "alt": ""}, ("", "")),
        ({"src": "cid:x", "role": "presentation"}, ("", "")),
        ({"src": "cid:x", "aria-hidden": "true"}, ("", "")),
        ({"src": PNG, "width": "1", "height": "1"}, ("", "")),
        ({"src": PNG, "width": "1", "height": "99"}, (f'<img src="{PNG}">', "")),
        ({"src": PNG, "style": "width:0"}, ("", "")),
    ],
)
def test_a_picture(attributes: dict[str, str | None], shown: tuple[str, str]) -> None:
    pictures = Pictures("https://desk.example", None)
    assert pictures.shown(Node("img", attributes)) == shown


def test_a_picture_of_the_helpdesk_is_resolved() -> None:
    pictures = Pictures("", {"cid:x": PNG, "cid:no": ""}.get)
    assert pictures.shown(Node("img", {"src": "cid:x"})) == (f'<img src="{PNG}">', "")
    assert pictures.shown(Node("img", {"src": "cid:no"})) == ("", "[image]")
    assert pictures.shown(Node("img", {"src": PNG})) == (f'<img src="{PNG}">', "")
    assert pictures.shown(Node("img")) == ("", "[image]")


@pytest.mark.parametrize("name", ["src", "url", "data", "data-src"])
def test_the_address_of_a_frame(name: str) -> None:
    assert address_of(Node("iframe", {name: "x"})) == "x"
    assert address_of(Node("iframe")) == ""
