"""The marks of the debounce, in the cache that all web processes share."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.core.cache import BaseCache, caches
from django.core.cache.backends.redis import RedisCache

from ..conf import conf
from ..cooldown import Cooldown

logger = logging.getLogger("fin_bridge")

BREAK: Final = 5.0  # seconds
"""A cache that has failed is left alone for so long: one that hangs costs its timeout once."""


class CacheMarks:
    """Marks in Django's cache `FIN_BRIDGE_TYPING_CACHE`.

    A cache that is down has no marks and takes none, which costs events and is never an error.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._cooldown = Cooldown(BREAK, clock=clock)
        self._clients: WeakKeyDictionary[BaseCache, Any] = WeakKeyDictionary()

    def stands(self, key: str) -> bool:
        """Return whether a mark was left and has not lapsed."""
        return self._ask(lambda cache: self._get(cache, key) is not None)

    def _get(self, cache: BaseCache, key: str) -> Any:
        """Get what the cache holds, under Redis by a client that lives as long as the cache.

        Django makes a client for each question, which costs more than the question. The client
        reads where marks are written, since replicas lag.
        """
        if type(cache) is not RedisCache:
            return cache.get(key)
        client = self._clients.get(cache)
        if client is None:
            client = self._clients[cache] = cache._cache.get_client(write=True)
        return client.get(cache.make_key(key))

    def leave(self, key: str, seconds: float) -> bool:
        """Leave a mark unless it stands, and return whether it was left.

        It lapses after whole seconds, rounded up, since Redis would round down.
        """
        return self._ask(lambda cache: cache.add(key, 1, math.ceil(seconds)))

    def _ask(self, question: Callable[[BaseCache], bool]) -> bool:
        if self._cooldown.is_on:
            return False
        try:
            return question(caches[conf.typing_cache])
        except Exception:  # each cache's client has exceptions of its own
            self._cooldown.start()
            logger.warning("Typing is not shown: the cache does not answer.", exc_info=True)
            return False
