"""The signature of our events, in the form in which Fin signs its requests to us. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ..signing import sign


def signature_headers(key: str, timestamp: int, body: bytes) -> Mapping[str, str]:
    """What each event carries: Fin reads the key, a receiver of one's own may verify the rest."""
    return {
        "X-Webhook-Key": key,
        "X-Webhook-Timestamp": str(timestamp),
        "X-Webhook-Signature": sign(key, timestamp, body),
    }
