"""What an integration of Fin's has to show when it calls us."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.core import checks

from ..conf import CREDENTIALS, conf

_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)

Options = Mapping[str, Any]


def token(place: str, options: Options) -> Iterator[checks.CheckMessage]:
    """What Fin shows first, unless the settings ask for its signature only."""
    clients, tokens = options.get("CLIENT_IDS"), options.get("TOKENS")
    if not clients and not tokens and "token" in _required():
        yield checks.Error(
            f"{place} has neither CLIENT_IDS nor TOKENS: Fin could not call us.",
            hint="Name the OAuth client that you have made for Fin.",
            id="fin_bridge.E043",
        )
    if clients and not (are_keys(clients) and all(isinstance(one, str) for one in clients)):
        yield checks.Error(
            f"{place}['CLIENT_IDS'] is no list of texts.",
            hint="Name the ids of the OAuth clients that are Fin's.",
            id="fin_bridge.E044",
        )
    if tokens and not (are_keys(tokens) and all(map(_may_be_digest, tokens))):
        yield checks.Error(
            f"{place}['TOKENS'] holds what is no SHA-256 digest.",
            hint="Tokens are kept hashed: hashlib.sha256(token.encode()).hexdigest()",
            id="fin_bridge.E045",
        )


def signature(place: str, options: Options) -> Iterator[checks.CheckMessage]:
    """What Fin shows as well, with the same exception."""
    keys = options.get("SIGNING_KEYS")
    if not keys and "signature" in _required():
        yield checks.Error(
            f"{place} has no SIGNING_KEYS: Fin could not call us.",
            hint="Copy the HMAC key from Fin's deployment page.",
            id="fin_bridge.E047",
        )
    if keys and not are_keys(keys):
        yield checks.Error(
            f"{place}['SIGNING_KEYS'] is no list of keys.",
            hint="A list of texts, or of callables that return one.",
            id="fin_bridge.E048",
        )


def _required() -> tuple[str, ...]:
    """Nothing to add where the setting itself is wrong, which has a check of its own."""
    value = conf.raw("FIN_BRIDGE_CREDENTIALS", CREDENTIALS)
    return tuple(value) if isinstance(value, list | tuple | set) else ()


def are_keys(value: Any) -> bool:
    """A single text would be taken for a list of its letters."""
    return isinstance(value, list | tuple | set | frozenset) and all(
        callable(key) or (isinstance(key, str) and key) for key in value
    )


def _may_be_digest(token: Any) -> bool:
    """A callable is not called: it may ask a vault."""
    return callable(token) or _DIGEST.fullmatch(token) is not None
