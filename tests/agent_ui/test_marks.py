"""The marks in real caches: shared by processes, down, or hung."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, pairwise
from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache
from pytest_django import Settings

from fin_bridge.agent_ui.debounce import Debounce
from fin_bridge.agent_ui.marks import BREAK, CacheMarks

PROCESSES, KEYS, INTERVAL = 8, 200, 1.0


def redis_cache(url: str | list[str], **options: Any) -> dict[str, dict[str, Any]]:
    backend = "django.core.cache.backends.redis.RedisCache"
    return {"default": {"BACKEND": backend, "LOCATION": url, "OPTIONS": options}}


class Clock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_mark_is_left_once(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    marks = CacheMarks()
    assert not marks.stands("test_a_mark")
    assert marks.leave("test_a_mark", 60)
    assert not marks.leave("test_a_mark", 60)
    assert marks.stands("test_a_mark")


def test_the_cache_is_the_one_that_the_settings_name(settings: Settings) -> None:
    local = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        "shared": {"BACKEND": local, "LOCATION": "shared"},
    }
    settings.FIN_BRIDGE_TYPING_CACHE = "shared"
    marks = CacheMarks()
    assert marks.leave("test_the_cache", 60)
    assert marks.stands("test_the_cache")


def test_part_of_a_second_is_a_second_for_redis(settings: Settings, redis_url: str) -> None:
    settings.CACHES = redis_cache(redis_url)
    marks = CacheMarks()
    assert marks.leave("half", 0.5)
    assert marks.stands("half")


def test_a_mark_is_looked_for_where_it_was_left(settings: Settings, redis_url: str) -> None:
    settings.CACHES = redis_cache([redis_url, "redis://127.0.0.1:9/0"])  # the second is a replica
    marks = CacheMarks()
    assert marks.leave("primary", 60)
    assert marks.stands("primary")


def test_one_client_serves_all_questions(settings: Settings, redis_url: str) -> None:
    settings.CACHES = redis_cache(redis_url)
    marks = CacheMarks()
    assert not marks.stands("client")
    [kept] = marks._clients.values()
    assert marks.leave("client", 60)
    assert marks.stands("client")
    assert [*marks._clients.values()] == [kept]


class Sharded(RedisCache):
    """A host's own, which finds its servers by the key."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return super().get(f"elsewhere-{key}", default, version)


def test_a_cache_of_a_hosts_own_is_asked_its_own_way(settings: Settings, redis_url: str) -> None:
    settings.CACHES = redis_cache(redis_url)
    settings.CACHES["default"]["BACKEND"] = f"{__name__}.Sharded"
    marks = CacheMarks()
    assert marks.leave("elsewhere-own", 60)
    assert marks.stands("own")


class Hung:
    """A server that accepts and never answers."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.accepted: list[socket.socket] = []
        self.thread = threading.Thread(target=self._accept)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.listener.getsockname()[1]}/0"

    def _accept(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            self.accepted.append(connection)
            if connection.recv(1, socket.MSG_PEEK) == b"!":
                return

    def close(self) -> None:
        with socket.create_connection(self.listener.getsockname()) as last:
            last.sendall(b"!")
            self.thread.join()
        for connection in [*self.accepted, self.listener]:
            connection.close()


@pytest.fixture
def hung() -> Iterator[Hung]:
    server = Hung()
    yield server
    server.close()


def test_a_hung_cache_costs_its_timeout_once(
    settings: Settings, hung: Hung, caplog: pytest.LogCaptureFixture
) -> None:
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    settings.CACHES = redis_cache(hung.url, socket_timeout=0.2, retry=Retry(NoBackoff(), 0))
    clock = Clock()
    marks = CacheMarks(clock)
    started = time.monotonic()
    assert not marks.stands("key")
    assert 0.1 < time.monotonic() - started < 5
    tried = len(hung.accepted)
    assert tried > 0
    for _ in range(100):
        assert not marks.stands("key")
        assert not marks.leave("key", 3)
    clock.now = BREAK - 0.1
    assert not marks.leave("key", 3)
    assert len(hung.accepted) == tried
    clock.now = BREAK
    assert not marks.leave("key", 3)
    assert len(hung.accepted) > tried
    assert caplog.text.count("the cache does not answer") == 2


def test_a_cache_that_is_back_is_used_again(settings: Settings, redis_url: str) -> None:
    clock = Clock()
    marks = CacheMarks(clock)
    settings.CACHES = redis_cache("redis://127.0.0.1:9/0")
    assert not marks.leave("key", 3)
    settings.CACHES = redis_cache(redis_url)
    assert not marks.leave("key", 3)
    clock.now = BREAK
    assert marks.leave("key", 3)


def race(url: str) -> list[tuple[float, float]]:
    """In a process of its own: all keystrokes; when each that was accepted began and ended."""
    import django
    from django.test import override_settings

    django.setup()
    accepted = []
    with override_settings(CACHES=redis_cache(url)):
        debounce = Debounce(CacheMarks(), "secret", INTERVAL)
        for key in range(KEYS):
            session, began = f"session {key}", time.time()
            if debounce.accept(session, "agent", "conversation"):
                accepted.append((began, time.time()))
    return accepted


def test_racing_processes_are_let_through_once_an_interval(redis_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        accepted = sorted(chain(*pool.map(race, [redis_url] * PROCESSES)))
    assert accepted
    # The mark was left between the two times: of any two, the second ends an interval after the
    # first began.
    for earlier, later in pairwise(accepted):
        assert later[1] - earlier[0] >= INTERVAL
