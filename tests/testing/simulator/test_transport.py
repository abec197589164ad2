import pytest

from fin_bridge.testing.simulator.transport import HostMap

HOSTS = HostMap({"https://Helpdesk.example/": "http://127.0.0.1:8000/"})


@pytest.mark.parametrize(
    ("url", "mapped"),
    [
        ("https://helpdesk.example/a/b?c=d#e", "http://127.0.0.1:8000/a/b?c=d#e"),
        ("https://HELPDESK.example/A", "http://127.0.0.1:8000/A"),
        ("https://helpdesk.example", "http://127.0.0.1:8000"),
        ("http://helpdesk.example/a", "http://helpdesk.example/a"),
        ("https://helpdesk.example.org/a", "https://helpdesk.example.org/a"),
        ("https://helpdesk.example:8443/a", "https://helpdesk.example:8443/a"),
        ("/a", "/a"),
        ("", ""),
        ("https://[oops", "https://[oops"),
    ],
)
def test_only_a_public_origin_is_mapped(url: str, mapped: str) -> None:
    assert HOSTS(url) == mapped


def test_an_origin_has_a_scheme_and_a_host() -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        HostMap({"helpdesk.example": "http://127.0.0.1:8000"})
