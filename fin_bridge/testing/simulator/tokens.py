"""The bearer tokens of Fin: from OAuth 2.0 client credentials, or a fixed one."""

import threading
from typing import Protocol
from urllib.parse import quote_plus

import requests

from .transport import UnreachableError, send


class TokenError(Exception):
    """Raised where the token endpoint gave no token; says what it answered."""


class Tokens(Protocol):
    """Something that knows the current token and may fetch another one."""

    def current(self) -> str:
        """Return the token to send, fetched if there is none yet."""
        ...

    def refresh(self, stale: str) -> str | None:
        """Return a token in place of the one that was refused; None if there is no other."""
        ...


class StaticToken:
    """A token that the helpdesk gave out by hand."""

    def __init__(self, token: str) -> None:
        self._token = token

    def current(self) -> str:
        return self._token

    def refresh(self, stale: str) -> None:
        pass  # there is no other token


class ClientCredentials:
    """Tokens by RFC 6749, section 4.4; the client authenticates with Basic (section 2.3.1).

    That section has its id and secret form-encoded.
    """

    def __init__(self, url: str, client_id: str, secret: str, timeout: float) -> None:
        self._url, self._client_id, self._secret = url, client_id, secret
        self._timeout = timeout
        self._token: str | None = None
        self._lock = threading.Lock()

    def current(self) -> str:
        """Return the token of the last fetch, or of a first one. Raises TokenError."""
        with self._lock:
            if self._token is None:
                self._token = self._fetch()
            return self._token

    def refresh(self, stale: str) -> str:
        """Return a new token, fetched once however many threads hold the stale one."""
        with self._lock:
            if self._token in (None, stale):
                self._token = self._fetch()
            assert self._token is not None
            return self._token

    def _fetch(self) -> str:
        request = requests.Request(
            "POST",
            self._url,
            data={"grant_type": "client_credentials"},
            auth=(quote_plus(self._client_id), quote_plus(self._secret)),
        )
        try:
            answer = send(request, self._timeout)
        except UnreachableError as error:
            raise TokenError(f"the token endpoint cannot be reached: {error}") from error
        return _token_in(answer)


def _token_in(answer: requests.Response) -> str:
    if answer.status_code != 200:
        raise TokenError(f"the token endpoint answered {answer.status_code}")
    try:
        payload = answer.json()
    except ValueError as error:
        raise TokenError("the token endpoint's answer is no JSON") from error
    match payload:
        case {"access_token": str(token), "token_type": str(kind)} if kind.lower() == "bearer":
            return token
        case _:
            raise TokenError("the token endpoint's answer has no bearer token")
