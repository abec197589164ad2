"""Where the helpdesk's public addresses are really served, when it runs on one machine."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from .transport import send


class HostMap:
    """Maps origins, such as `https://helpdesk.example` to `http://127.0.0.1:8000`."""

    def __init__(self, origins: Mapping[str, str]) -> None:
        self._origins = {_origin(public): _origin(real) for public, real in origins.items()}

    def __call__(self, url: str) -> str:
        """The address where the URL is really served; any other one stays as it is."""
        try:
            public = _origin(url)
        except ValueError:
            return url
        real = self._origins.get(public)
        return url if real is None else real + url[len(public) :]

    def download(self, url: str, timeout: float) -> requests.Response:
        """What is served there, as Fin would fetch it. Raises UnreachableError."""
        return send(requests.Request("GET", self(url)), timeout)


def _origin(url: str) -> str:
    """Scheme and host as they stand. Raises ValueError if there are none."""
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        raise ValueError(f"{url!r} is not an origin such as https://helpdesk.example")
    return url[: len(parts.scheme) + 3 + len(parts.netloc)].lower()
