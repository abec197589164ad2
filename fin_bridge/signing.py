"""The signature that Fin and we use alike, in either direction. Pure."""

from __future__ import annotations

import hashlib
import hmac


def sign(key: str, timestamp: int | str, content: bytes) -> str:
    """The hex HMAC-SHA256 of `{timestamp}:{content}`; the time is in seconds since the epoch."""
    message = f"{timestamp}:".encode() + content
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def matches(expected: str, given: str) -> bool:
    """Whether they are the same, in a time that does not tell how much of it is."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))
