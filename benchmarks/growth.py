"""How each cost grows: with events, messages, conversations and integrations.

A cost that does not depend on the size is a level line.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import pulls
from benchmarks.compare import Figure
from benchmarks.contender import Contender
from benchmarks.servers import migrate, serving

TITLE = "Growth"
PLOTTED = True

EVENTS = (1_000, 10_000, 100_000, 1_000_000)
MESSAGES = (10, 100, 1_000, 10_000)
CONVERSATIONS = (1, 10, 100, 1_000)
INTEGRATIONS = (1, 3, 10, 30)
ROUNDS = 5


def loading() -> Callable[..., Any]:
    """Brings the log to so many settled events."""
    from django.db import connection

    from benchmarks.admin import numbers
    from fin_bridge.models import Event

    def load(events: int) -> None:
        more = events - Event.objects.count()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO fin_bridge_event (integration, conversation_id, kind, state, cause,"
                " reaction, created_at, due_at, attempts, settled_at, detail) "
                "SELECT 'default', CAST(n % 200000 AS CHAR(12)), 'sync', 'sent', 'a change',"
                f" false, n + 0, n + 1, 1, n + 2, '' FROM {numbers(more)}"
            )
            cursor.execute("VACUUM ANALYZE")

    return load


def pulling() -> Callable[..., Any]:
    """Milliseconds of a pull of a conversation with so many messages."""
    asked: dict[int, dict[str, str]] = {}
    pull = pulls.ours()
    fill = pulls.filler()

    def measure(messages: int) -> float:
        if messages not in asked:
            asked[messages] = {"conversation_id": fill(messages)["conversation_id"]}
            pull(asked[messages])
        return float(pull(asked[messages]))

    return measure


def figures(quick: bool) -> Iterator[Figure]:
    """Medians of some rounds for each size; PostgreSQL."""
    rounds = 2 if quick else ROUNDS
    with serving("PostgreSQL") as environment:
        receiver = Contender("benchmarks.receiver:receiver", environment)
        environment["BENCH_EVENTS_URL"] = receiver.round()
        migrate(environment)
        yield _messages(environment, rounds, quick)
        yield _conversations(environment, rounds, quick)
        yield _integrations(environment, rounds, quick)
        yield from _events(environment, rounds, quick)
        receiver.stop()


def _shorter(sizes: tuple[int, ...], quick: bool) -> tuple[int, ...]:
    return sizes[:2] if quick else sizes


def _messages(environment: dict[str, str], rounds: int, quick: bool) -> Figure:
    pull = Contender("benchmarks.growth:pulling", environment)
    samples = {}
    for size in _shorter(MESSAGES, quick):
        samples[f"{size:,}"] = [pull.round(messages=size) for _ in range(rounds)]
    pull.stop()
    return Figure("get_messages, by messages of the conversation", "ms", samples)


def _conversations(environment: dict[str, str], rounds: int, quick: bool) -> Figure:
    drain = Contender("benchmarks.million:draining", environment)
    samples = {}
    for size in _shorter(CONVERSATIONS, quick):
        rates = [drain.round(count=size) for _ in range(rounds + 1)]
        samples[f"{size:,}"] = [1_000_000 / rate for rate in rates[1:]]
    drain.stop()
    return Figure("a delivery, by conversations that are due", "us", samples)


def _integrations(environment: dict[str, str], rounds: int, quick: bool) -> Figure:
    samples = {}
    for size in _shorter(INTEGRATIONS, quick):
        one = {
            "ID": "benchmark",
            "WEBHOOK_KEYS": ["webhook-key"],
            "SIGNING_KEYS": ["signing-key"],
            "EVENTS_URL": environment["BENCH_EVENTS_URL"],
        }
        names = ["default", *(f"brand{number}" for number in range(1, size))]
        settings = json.dumps({"FIN_BRIDGE_INTEGRATIONS": dict.fromkeys(names, one)})
        drain = Contender("benchmarks.growth:idling", {**environment, "BENCH_SETTINGS": settings})
        samples[f"{size:,}"] = [drain.round() for _ in range(rounds)]
        drain.stop()
    return Figure("a drain with nothing to do, by integrations", "ms", samples)


def idling() -> Callable[..., Any]:
    """Milliseconds of a drain that finds nothing."""
    from fin_bridge.events.drain import drain

    drain()

    def idle() -> float:
        started = time.perf_counter()
        for _ in range(20):
            drain()
        return (time.perf_counter() - started) / 20 * 1000

    return idle


def _events(environment: dict[str, str], rounds: int, quick: bool) -> Iterator[Figure]:
    load = Contender("benchmarks.growth:loading", environment)
    save = Contender("benchmarks.saves:ours", environment)
    drain = Contender("benchmarks.million:draining", environment)
    saves: dict[str, list[float]] = {}
    drains: dict[str, list[float]] = {}
    for size in _shorter(EVENTS, quick):
        load.round(events=size)
        save.round(saves=50, together=False)
        saves[f"{size:,}"] = [save.round(saves=100, together=False) for _ in range(rounds)]
        rates = [drain.round(count=300) for _ in range(rounds + 1)]
        drains[f"{size:,}"] = [1_000_000 / rate for rate in rates[1:]]
    for contender in (load, save, drain):
        contender.stop()
    yield Figure("a save, by events in the log", "us", saves)
    yield Figure("a delivery, by events in the log", "us", drains)
