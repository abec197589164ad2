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

BREAK: Final = 5.0
"""Seconds for which a cache that failed is not asked again: a hung one costs its timeout once."""


class CacheMarks:
    """A cache that is down has no marks and takes none: it costs events, never an error."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._cooldown = Cooldown(BREAK, clock=clock)
        self._clients: WeakKeyDictionary[BaseCache, Any] = WeakKeyDictionary()

    def stands(self, key: str) -> bool:
        """Whether it was left and has not lapsed."""
        return self._ask(lambda cache: self._get(cache, key) is not None)

    def _get(self, cache: BaseCache, key: str) -> Any:
        """What the cache holds.

        Django's own for Redis makes a client for each question, which costs more than to ask it.
        One is kept as long as its cache is; where marks are left, since replicas lag.
        """
        if type(cache) is not RedisCache:
            return cache.get(key)
        client = self._clients.get(cache)
        if client is None:
            client = self._clients[cache] = cache._cache.get_client(write=True)
        return client.get(cache.make_key(key))

    def leave(self, key: str, seconds: float) -> bool:
        """Leave it unless it stands; whether it was left.

        In whole seconds, rounded up: Redis would round down.
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
