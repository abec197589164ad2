"""The two signatures of the contract: Fin's on its requests, and the bridge's on its events.

They are written apart from the bridge's own signing on purpose: a kit that shared the code could
not notice a mistake in it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

MAX_SKEW = 300
"""Seconds that a timestamp may lie in the past or in the future."""


def sign_request(
    key: str, method: str, query_string: str, body: bytes, timestamp: int
) -> dict[str, str]:
    """Return the headers with which Fin signs a request to a helpdesk.

    `query_string` is the one that is sent, percent-encoded; `timestamp` is in seconds since 1970.
    A GET signs its parameters, sorted by key, any other method the raw body (contract, "Trust").
    """
    signed = _sorted_query(query_string) if method == "GET" else body
    return {
        "X-Fin-Request-Timestamp": str(timestamp),
        "X-Fin-Signature": _sign(key, str(timestamp), signed),
    }


def signature_problem(
    headers: Mapping[str, str], body: bytes, keys: Iterable[str], now: float
) -> str | None:
    """Say what is wrong with the bridge's signature of an event; None if it is right.

    `headers` are those of the POST, `keys` the webhook keys that are valid, and `now` is in
    seconds since 1970. A timestamp more than 300 s away is a problem (contract, "Trust").
    """
    timestamp = headers.get("X-Webhook-Timestamp", "")
    signature = headers.get("X-Webhook-Signature", "")
    if not timestamp or not signature:
        return "X-Webhook-Timestamp and X-Webhook-Signature are missing"
    if not (timestamp.isascii() and timestamp.isdigit()):
        return "X-Webhook-Timestamp is not a number of seconds"
    if abs(now - int(timestamp)) > MAX_SKEW:
        return f"X-Webhook-Timestamp is more than {MAX_SKEW} s away"
    if not any(is_same(_sign(key, timestamp, body), signature) for key in keys):
        return "X-Webhook-Signature does not match the body"
    return None


def is_same(secret: str, given: str) -> bool:
    """Compare in constant time, whatever characters were given."""
    return hmac.compare_digest(secret.encode(), given.encode("utf-8", "surrogateescape"))


def _sorted_query(query_string: str) -> bytes:
    pairs = [pair for pair in query_string.split("&") if pair]
    return "&".join(sorted(pairs, key=lambda pair: pair.partition("=")[0])).encode()


def _sign(key: str, timestamp: str, signed: bytes) -> str:
    return hmac.new(key.encode(), timestamp.encode() + b":" + signed, hashlib.sha256).hexdigest()
