"""Whether a client's secret is the right one, found out without a storm eating the processor.

Stored hashes are slow on purpose, since passwords can be guessed; whoever sends wrong secrets has
us work for each. `docs/decisions/0010` says what is done about it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Final

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, identify_hasher
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables

from ...cooldown import Cooldown
from ...exceptions import FinBridgeError
from ...signing import matches

SHARE: Final = 10
"""After a wrong secret nothing is hashed for so many times as long as its hash took."""


class TooManyError(FinBridgeError):
    """Wrong secrets have had their share of the processor."""


class SecretCheck:
    """Remembers a digest of each client's right secret: others then cost no slow hash."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._cooldown = Cooldown(clock=clock)
        self._right: dict[str, tuple[str, str]] = {}
        """By client: the stored hash, and the digest of the secret that matches it."""

    @method_decorator(sensitive_variables())
    def is_right(self, client_id: str, secret: str, stored: str) -> bool:
        """Whether the stored hash is that secret's. Raises `TooManyError`."""
        digest = hashlib.sha256(secret.encode()).hexdigest()
        if self._knows(client_id, stored):
            return matches(self._right[client_id][1], digest)
        with self._lock:
            if self._knows(client_id, stored):  # somebody found it out while we waited
                return matches(self._right[client_id][1], digest)
            began = self._clock()
            if self._cooldown.is_on:
                raise TooManyError("Secrets are not looked at: too many were wrong.")
            if not _verify(secret, stored):
                self._cooldown.start((self._clock() - began) * SHARE)
                return False
            self._right[client_id] = (stored, digest)
            return True

    def _knows(self, client_id: str, stored: str) -> bool:
        return self._right.get(client_id, ("", ""))[0] == stored


@sensitive_variables()
def _verify(secret: str, stored: str) -> bool:
    """By the hasher itself: Django's `check_password` makes up for hashes that are too fast."""
    try:
        hasher = identify_hasher(stored)
    except ValueError:  # the host stores them in clear
        return matches(stored, secret)
    return bool(hasher.verify(secret, stored))


def fast_hash(secret: str) -> str:
    """For random secrets only: guessing one is hopeless, so that a slow hash protects nothing.

    In a form that Django knows; the secret as it is where the host's hashers lack that one.
    """
    hasher = PBKDF2PasswordHasher()
    try:
        get_hasher("pbkdf2_sha256")
    except ValueError:
        return secret
    return str(hasher.encode(secret, hasher.salt(), iterations=1))
