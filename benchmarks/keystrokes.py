"""A keystroke that is no news to Fin: what nearly all of them are.

A bare DRF view without authentication is the floor; *straightforward* is one with session
authentication, a permission and `cache.add`. Ours answers from a mark in the cache that an
earlier, authenticated keystroke has left. Each goes through all of Django's middleware.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks import load, web, world
from benchmarks.compare import Figure, Goal, Ring, in_turn
from benchmarks.contender import Contender
from benchmarks.servers import migrate, redis_database, serving

TITLE = "A suppressed keystroke"
NOTES = """
Where the cache costs nothing, ours takes the processor as long as a bare view: what it does itself
(the body, one HMAC, the mark) is what DRF's own steps, which it leaves out, would have cost. With
Redis one GET comes on top, some 90 us: half are redis-py's, the rest is the way there and back.
Django's Redis cache would make a client for it each time, another 100 us; ours keeps one.
The session and the user, with a statement each, are what it saves. Under gunicorn a bare view's
request takes over three times as long as the view itself, most of it in the server and in whoever
asks, on the same cores; that is in every figure, and a bare view, some four times the
straightforward one, is as far as one can get. What is missing is the way to Redis: a process that
remembered for itself until when a mark stands would make it once an interval, and be measured as
if nothing were asked at all; but of agents' keystrokes, spread over all web processes, few would
find the mark in theirs.
"""

PATHS = {"bare": "/bare/", "straightforward": "/typed/", "ours": "/fin/typing/"}


def login() -> dict[str, str]:
    """The headers and the conversation of an agent who is logged in."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.middleware.csrf import _get_new_csrf_string

    [ticket] = world.tickets(1)
    user = User.objects.get(username="sarah")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    token = _get_new_csrf_string()
    return {
        "conversation": str(ticket.pk),
        "Cookie": f"sessionid={session.session_key}; csrftoken={token}",
        "X-CSRFToken": token,
    }


def _typing(path: str) -> Callable[..., Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    headers = login()
    body = json.dumps({"conversation_id": headers.pop("conversation")}).encode()
    web.post(path, body, headers)  # the first of them, which is news

    def type_(keystrokes: int, counting: bool = False) -> float:
        if counting:
            with CaptureQueriesContext(connection) as queries:
                web.post(path, body, headers)
                return len(queries)
        started = time.perf_counter()
        for _ in range(keystrokes):
            web.post(path, body, headers)
        return (time.perf_counter() - started) / keystrokes * 1_000_000

    return type_


def bare() -> Callable[..., Any]:
    """Nothing is asked."""
    return _typing(PATHS["bare"])


def straightforward() -> Callable[..., Any]:
    """Who it is, and whether it is news."""
    return _typing(PATHS["straightforward"])


def ours() -> Callable[..., Any]:
    """The agents' door."""
    return _typing(PATHS["ours"])


def loggingin() -> Callable[..., Any]:
    """Logs an agent in."""
    return login


def figures(quick: bool) -> Iterator[Figure]:
    """Marks in Redis, and in the process; then requests a second."""
    with serving("PostgreSQL", "Redis") as environment, redis_database() as cache:
        migrate(environment)
        in_redis = {**environment, "BENCH_CACHE_URL": cache, "BENCH_SETTINGS": INTERVAL}
        in_memory = {**environment, "BENCH_SETTINGS": INTERVAL}
        yield from _figures("marks in Redis", in_redis, 2, quick)
        yield from _figures("marks in LocMem", in_memory, 1, quick)
        yield _served(in_redis, quick)


INTERVAL = '{"FIN_BRIDGE_TYPING_INTERVAL": 3600}'
"""Seconds: the mark outlives the measurement, in which nothing but suppressed ones count."""


def _figures(
    where: str, environment: Mapping[str, str], limit: float, quick: bool
) -> Iterator[Figure]:
    contenders = Ring(
        bare=Contender("benchmarks.keystrokes:bare", environment),
        straightforward=Contender("benchmarks.keystrokes:straightforward", environment),
        ours=Contender("benchmarks.keystrokes:ours", environment),
    )
    with contenders as rounds:
        yield Figure(
            "a suppressed keystroke",
            "us",
            in_turn(rounds, 3 if quick else 15, keystrokes=100 if quick else 500),
            (Goal("ours", "bare", at_most=limit),),
            where,
        )
        yield Figure(
            "statements for it",
            "",
            in_turn(rounds, 1, warmup=0, keystrokes=1, counting=True),
            (Goal("ours", at_most=0),),
            where,
        )


def _served(environment: Mapping[str, str], quick: bool) -> Figure:
    logging_in = Contender("benchmarks.keystrokes:loggingin", environment)
    headers = logging_in.round()
    logging_in.stop()
    body = json.dumps({"conversation_id": headers.pop("conversation")}).encode()
    with load.gunicorn(environment) as port:
        rounds = {
            name: lambda seconds, path=path: load.rate(port, path, body, headers, seconds)
            for name, path in PATHS.items()
        }
        return Figure(
            "keystrokes a second under gunicorn, one process, four threads",
            "1/s",
            in_turn(rounds, 1 if quick else 5, seconds=1 if quick else 2),
            (Goal("ours", "straightforward", at_least=3.5),),
            "marks in Redis",
        )
