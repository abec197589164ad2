"""The HTTP client: one POST to Fin that nobody can hold up or divert.

No other module of the app imports requests. `requests` bounds each read, not the whole answer: a
server that drips a byte a second would hold a worker for ever, so the sockets of our sessions know
the deadline.
"""

from __future__ import annotations

import http.client
import io
import os
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError

from .. import __version__
from .retry import Answer

MOST_BYTES: Final = 16 * 1024
CONNECT_TIMEOUT: Final = 5.0


class _Local(threading.local):
    session: requests.Session | None = None
    prepared: Mapping[str, requests.PreparedRequest] = {}
    process = 0
    expires = 0.0


_local = _Local()


class _DeadlineReader(io.RawIOBase):
    """A reader of a socket that waits no longer than until the deadline of its thread."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = _local.expires - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        self._sock.settimeout(left)
        return self._sock.recv_into(buffer)


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        # The file made by the base class keeps the socket open until this response is closed.
        self._socket_file = self.fp
        self.fp = io.BufferedReader(_DeadlineReader(sock))

    def _close_conn(self) -> None:
        super()._close_conn()  # type: ignore[misc]  # not in the stubs
        self._socket_file.close()


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


@dataclass(frozen=True, slots=True)
class Limits:
    """The seconds that a POST may take in all, and whether the environment's proxies count."""

    deadline: float = 15.0
    trust_environment: bool = False


def post(url: str, body: bytes, headers: Mapping[str, str], limits: Limits) -> Answer:
    """Send a POST once; no redirect is followed, since it would carry the key away.

    Never raises for what the network or the other side does: `Answer.error` names it.
    """
    _local.expires = time.monotonic() + limits.deadline
    try:
        session = _session(limits)
        request = _request(session, url, body, headers)
        with session.get_adapter(str(request.url)).send(
            request,
            stream=True,
            timeout=(min(CONNECT_TIMEOUT, limits.deadline), limits.deadline),
            **_environment(session, request.url),
        ) as response:
            return _read(response)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        return Answer(error=_class_of(error), body=type(error).__name__)


def _request(
    session: requests.Session, url: str, body: bytes, headers: Mapping[str, str]
) -> requests.PreparedRequest:
    """Copy a request that was prepared for the address: preparing is half the cost of a POST."""
    prepared = _local.prepared.get(url)
    if prepared is None or session.trust_env:  # netrc may have another password by now
        kind = {"Content-Type": "application/json"}
        prepared = session.prepare_request(requests.Request("POST", url, headers=kind))
        _local.prepared = {url: prepared}
    request = prepared.copy()
    request.headers.update(headers)
    request.prepare_body(body, None)
    return request


def _environment(session: requests.Session, url: str | None) -> dict[str, Any]:
    """Read the proxies and certificates of the environment, where it counts."""
    if not session.trust_env:
        return {}
    settings = session.merge_environment_settings(url, {}, True, None, None)
    return {name: settings[name] for name in ("proxies", "verify", "cert")}


def _read(response: requests.Response) -> Answer:
    answer = Answer(
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        retry_after=response.headers.get("Retry-After"),
    )
    try:
        body = response.raw.read(MOST_BYTES, decode_content=False)
    except (HTTPError, OSError):
        return answer  # the status has come: Fin has said what it had to say
    text = body.decode("utf-8", "replace")
    return Answer(answer.status, answer.content_type, answer.retry_after, text)


def _session(limits: Limits) -> requests.Session:
    """Return the thread's session, which keeps connections; a forked process makes its own."""
    if _local.session is None or _local.process != os.getpid():
        session = requests.Session()
        session.mount("http://", _Adapter())
        session.mount("https://", _Adapter())
        session.headers.update(
            {"User-Agent": f"fin_bridge/{__version__}", "Accept-Encoding": "identity"}
        )
        _local.session, _local.process = session, os.getpid()
    if _local.session.trust_env != limits.trust_environment:
        _local.session.trust_env, _local.prepared = limits.trust_environment, {}
    return _local.session


def _class_of(error: Exception) -> str:
    """Name the error for operators: configuration, tls, dns, timeout, or connection."""
    if isinstance(error, ValueError):
        return "configuration"  # an address that is none
    causes = [error, *getattr(error, "args", ())]
    reason = getattr(causes[-1], "reason", None)
    if isinstance(reason, NameResolutionError):
        return "dns"
    if isinstance(error, requests.exceptions.SSLError):
        return "tls"
    if isinstance(error, requests.Timeout | TimeoutError) or "deadline" in str(error):
        return "timeout"
    return "connection"
