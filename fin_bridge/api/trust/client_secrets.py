"""Checks the secrets of OAuth clients, and bounds the processor's time that wrong ones can take.

Stored hashes are slow on purpose, since passwords can be guessed, so each wrong secret makes us
work. `docs/decisions/0010` says what is done about it.
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
"""After a wrong secret nothing is hashed for ten times as long as its hash took."""


class TooManyError(FinBridgeError):
    """Wrong secrets have taken their share of the processor's time."""


class SecretCheck:
    """Remembers a digest of each client's right secret: any other secret then costs no slow hash.

    `clock` returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._cooldown = Cooldown(clock=clock)
        # By client: the stored hash, and the digest of the secret that matches it.
        self._right: dict[str, tuple[str, str]] = {}

    @method_decorator(sensitive_variables())
    def is_right(self, client_id: str, secret: str, stored: str) -> bool:
        """Return whether `stored`, in a form of Django's hashers or in clear, is of that secret.

        Raise `TooManyError` where it cannot be told yet.
        """
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
    # By the hasher itself: Django's `check_password` slows down hashes that are too fast.
    try:
        hasher = identify_hasher(stored)
    except ValueError:  # the host stores them in clear
        return matches(stored, secret)
    return bool(hasher.verify(secret, stored))


def fast_hash(secret: str) -> str:
    """Return a fast hash of a random secret, in Django's form `pbkdf2_sha256`.

    Guessing a random secret is hopeless, so a slow hash would protect nothing. Where the host's
    `PASSWORD_HASHERS` lack that form, the secret is returned as it is.
    """
    hasher = PBKDF2PasswordHasher()
    try:
        get_hasher("pbkdf2_sha256")
    except ValueError:
        return secret
    return str(hasher.encode(secret, hasher.salt(), iterations=1))
