"""The way to the helpdesk: one HTTP request, to where a public address is really served."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import requests


class UnreachableError(Exception):
    """Raised where no answer came: refused, timed out, broken off, or no HTTP."""


def send(request: requests.Request, timeout: float) -> requests.Response:
    """Return the answer, read whole, without redirects, proxies or the user's netrc.

    `timeout` is in seconds, for connecting and for each read. There is a session for each request:
    the simulator has many threads and no need to be fast. Raises UnreachableError.
    """
    with requests.Session() as session:
        session.trust_env = False  # a netrc entry would replace the bearer token
        try:
            return session.send(
                session.prepare_request(request), timeout=timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            raise UnreachableError(str(error)) from error


class HostMap:
    """Maps origins, such as `https://helpdesk.example` to `http://127.0.0.1:8000`."""

    def __init__(self, origins: Mapping[str, str]) -> None:
        self._origins = {_origin(public): _origin(real) for public, real in origins.items()}

    def __call__(self, url: str) -> str:
        """Return the address where the URL is really served; any other one stays as it is."""
        try:
            public = _origin(url)
        except ValueError:
            return url
        real = self._origins.get(public)
        return url if real is None else real + url[len(public) :]

    def download(self, url: str, timeout: float) -> requests.Response:
        """Return what is served there, as Fin would fetch it. Raises UnreachableError."""
        return send(requests.Request("GET", self(url)), timeout)


def _origin(url: str) -> str:
    """Return scheme and host as they stand. Raises ValueError if there are none."""
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        raise ValueError(f"{url!r} is not an origin such as https://helpdesk.example")
    return url[: len(parts.scheme) + 3 + len(parts.netloc)].lower()
