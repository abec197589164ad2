"""Checks of the secrets that an integration of Fin must show when it calls us."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.core import checks

from ..conf import CREDENTIALS, conf

_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)

Options = Mapping[str, Any]


def token(place: str, options: Options) -> Iterator[checks.CheckMessage]:
    """Check the OAuth clients and tokens, unless the settings ask for Fin's signature only."""
    clients, tokens = options.get("CLIENT_IDS"), options.get("TOKENS")
    if not clients and not tokens and "token" in _required():
        yield checks.Error(
            f"{place} has neither CLIENT_IDS nor TOKENS: Fin could not call us.",
            hint="Run manage.py fin_setup, and name the OAuth client that it makes in CLIENT_IDS.",
            id="fin_bridge.E043",
        )
    if clients and not (are_keys(clients) and all(isinstance(client, str) for client in clients)):
        yield checks.Error(
            f"{place}['CLIENT_IDS'] is not a list of texts.",
            hint="List the ids of Fin's OAuth clients.",
            id="fin_bridge.E044",
        )
    if tokens and not (are_keys(tokens) and all(map(_may_be_digest, tokens))):
        yield checks.Error(
            f"{place}['TOKENS'] holds a value that is not a SHA-256 digest.",
            hint="Put in the digest: hashlib.sha256(token.encode()).hexdigest()",
            id="fin_bridge.E045",
        )


def signature(place: str, options: Options) -> Iterator[checks.CheckMessage]:
    """Check the signing keys, unless the settings ask for a token only."""
    keys = options.get("SIGNING_KEYS")
    if not keys and "signature" in _required():
        yield checks.Error(
            f"{place} has no SIGNING_KEYS: Fin could not call us.",
            hint="Copy the HMAC key from Fin's deployment page into it.",
            id="fin_bridge.E047",
        )
    if keys and not are_keys(keys):
        yield checks.Error(
            f"{place}['SIGNING_KEYS'] is not a list of keys.",
            hint="Give a list of texts, or of callables that each return one.",
            id="fin_bridge.E048",
        )


def _required() -> tuple[str, ...]:
    """Return the credentials that Fin must show; nothing where that setting is itself wrong."""
    value = conf.raw("FIN_BRIDGE_CREDENTIALS", CREDENTIALS)
    return tuple(value) if isinstance(value, list | tuple | set) else ()


def are_keys(value: Any) -> bool:
    """Tell whether it is a list of keys; a single text would count as a list of its letters."""
    return isinstance(value, list | tuple | set | frozenset) and all(
        callable(key) or (isinstance(key, str) and key) for key in value
    )


def _may_be_digest(token: Any) -> bool:
    """Tell whether it may be a digest; a callable, which may ask a vault, is not called."""
    return callable(token) or _DIGEST.fullmatch(token) is not None
