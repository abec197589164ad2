"""One HTTP request to the helpdesk, without redirects, proxies or the user's netrc."""

import requests


class UnreachableError(Exception):
    """No answer came: refused, timed out, broken off, or no HTTP."""


def send(request: requests.Request, timeout: float) -> requests.Response:
    """The answer, read whole. The timeout in seconds holds for connecting and for each read.

    A session for each request: the simulator has many threads and no need to be fast. Raises
    UnreachableError.
    """
    with requests.Session() as session:
        session.trust_env = False  # a netrc entry would replace the bearer token
        try:
            return session.send(
                session.prepare_request(request), timeout=timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            raise UnreachableError(str(error)) from error
