"""The signature that Fin and we use alike, in either direction. Pure."""

from __future__ import annotations

import hashlib
import hmac


def sign(key: str, timestamp: int | str, content: bytes) -> str:
    """Return the hex HMAC-SHA256 of `{timestamp}:{content}`.

    The timestamp is in seconds since the epoch (contract, "Trust").
    """
    message = f"{timestamp}:".encode() + content
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def event_headers(key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers of an event: Fin reads the key, other receivers may verify the rest."""
    return {
        "X-Webhook-Key": key,
        "X-Webhook-Timestamp": str(timestamp),
        "X-Webhook-Signature": sign(key, timestamp, body),
    }


def matches(expected: str, given: str) -> bool:
    """Compare two secrets in a time that does not tell where they differ."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))
