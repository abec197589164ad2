"""Fin's pull of a conversation: `get_messages`.

10,000 messages, in turn by staff and customer, each with a stored file. All are asked for through
the whole of Django, with an OAuth token that is looked up; ours is signed besides, stamps the
pull, and notes the call. The floor is `json.dumps` of the answer as ready dictionaries.
"""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import web, world
from benchmarks.compare import Figure, Goal, Ring, in_turn
from benchmarks.contender import Contender
from benchmarks.servers import migrate, serving

TITLE = "A pull of Fin's: get_messages"
NOTES = """
The floor spends some 2.5 us on a message. What nobody may leave out costs ours some 20 us: 6 to
read it and its file from PostgreSQL, 3 for the model's instance (a host's own code is shown
nothing less), 4 for the sanitiser, 5 for the signature in its file's address, 3 for its JSON. So
four floors are out of reach of any answer that is read, sanitised and signed, and a tenth of the
ModelSerializer, which does neither of the last two, just about. The rest is spread thinly: no
function of ours is more than a twentieth of a pull.

What made most of the difference: `reverse()` and a new signer for each file were half of a pull;
a join read each author anew with every message, and a prefetch of the files named all of the
messages' keys in its query. People and files are two subqueries now, after the messages, and hung
on them; a file's row is a tuple, a fifth of an instance; an author is described once. Not worth
it: to spare the sanitiser texts without markup (it takes 1 us for those), smaller chunks, and
compiled accessors instead of paths (0.3 us each).

After an id the statements count and hardly the messages: fifteen of them, with what belongs to
them, against the ModelSerializer's three. They are the database's clock and the token; whose the
conversation is; how far it reaches, so that what is written meanwhile is noticed; what is kept of
it; the message named; messages, people and files; the stamp, in a transaction of its own; and
the note of the call. Each takes Django 0.2 to 0.4 ms, whatever it asks for, so the goal would
leave room for four.
"""
MESSAGES, QUICK = 10_000, 1_000
LEFT = 10

Request = Callable[[dict[str, str], bool], bytes]


def _ours(body: dict[str, str], keep: bool) -> bytes:
    from fin_bridge.testing import sign_request

    raw = json.dumps(body).encode()
    signature = sign_request("signing-key", "POST", "", raw, int(time.time()))
    headers = {"Authorization": f"Bearer {world.TOKEN}", **signature}
    return web.post("/api/fin/get_messages", raw, headers, keep)


def _straightforward(body: dict[str, str], keep: bool) -> bytes:
    headers = {"Authorization": f"Bearer {world.TOKEN}"}
    return web.post("/messages/", json.dumps(body).encode(), headers, keep)


def filler() -> Callable[..., Any]:
    """Fills the database."""

    def fill(messages: int) -> dict[str, str]:
        from helpdesk_demo.models import Reply

        [ticket] = world.tickets(1)
        world.replies(ticket, messages)
        world.let_fin_in()
        after = Reply.objects.filter(ticket=ticket).order_by("-pk")[min(LEFT, messages - 1)]
        return {"conversation_id": str(ticket.pk), "after_id": str(after.pk)}

    return fill


def _pulling(request: Request) -> Callable[..., Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(body: dict[str, str]) -> dict[str, float]:
        answer = request(body, True)
        with CaptureQueriesContext(connection) as queries:
            request(body, False)
            statements = len(queries)
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        request(body, False)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return {
            "statements": statements,
            "bytes": len(answer),
            "peak": (peak - before) / len(answer),
            "messages": len(_listed(answer)),
        }

    def pull(body: dict[str, str], times: int = 1, counting: bool = False) -> Any:
        if counting:
            return count(body)
        started = time.perf_counter()
        for _ in range(times):
            request(body, False)
        return (time.perf_counter() - started) / times * 1000

    return pull


def _listed(answer: bytes) -> list[Any]:
    parsed = json.loads(answer)
    listed: list[Any] = parsed["data"] if isinstance(parsed, dict) else parsed
    return listed


def ours() -> Callable[..., Any]:
    """Fin's door."""
    return _pulling(_ours)


def straightforward() -> Callable[..., Any]:
    """A ModelSerializer."""
    return _pulling(_straightforward)


def floor() -> Callable[..., Any]:
    """The same answer, written from dictionaries."""
    ready: dict[str, list[Any]] = {}

    def dump(body: dict[str, str], times: int = 1) -> float:
        key = json.dumps(body)
        if key not in ready:
            ready[key] = _listed(_ours(body, True))
        started = time.perf_counter()
        for _ in range(times):
            json.dumps(ready[key]).encode()
        return (time.perf_counter() - started) / times * 1000

    return dump


def figures(quick: bool) -> Iterator[Figure]:
    """Both databases; all messages, and the last few."""
    for database in ("PostgreSQL", "SQLite"):
        with serving(database) as environment:
            yield from _figures(database, environment, quick)


def _figures(database: str, environment: dict[str, str], quick: bool) -> Iterator[Figure]:
    migrate(environment)
    filling = Contender("benchmarks.pulls:filler", environment)
    last = filling.round(messages=QUICK if quick else MESSAGES)
    filling.stop()
    everything = {"conversation_id": last["conversation_id"]}
    contenders = Ring(
        floor=Contender("benchmarks.pulls:floor", environment),
        ModelSerializer=Contender(
            "benchmarks.pulls:straightforward", {**environment, "BENCH_WITH": "plain"}
        ),
        ours=Contender("benchmarks.pulls:ours", environment),
    )
    with contenders as rounds:
        samples = in_turn(rounds, 3 if quick else 7, body=everything)
        counted = rounds["ours"](body=everything, counting=True)
        theirs = rounds["ModelSerializer"](body=everything, counting=True)
        yield Figure(
            f"get_messages, {counted['messages']:,} messages",
            "ms",
            samples,
            (Goal("ours", "floor", at_most=4), Goal("ours", "ModelSerializer", at_most=0.1)),
            database,
        )
        yield Figure(
            "the same, peak memory as a multiple of the answer",
            "",
            {"ModelSerializer": [theirs["peak"]], "ours": [counted["peak"]]},
            (Goal("ours", at_most=4),),
            database,
        )
        few = rounds["ours"](body=last, counting=True)
        their_few = rounds["ModelSerializer"](body=last, counting=True)
        samples = in_turn(rounds, 5 if quick else 15, body=last, times=5)
        yield Figure(
            f"get_messages after one, {few['messages']} messages",
            "ms",
            samples,
            (Goal("ours", "ModelSerializer", at_most=0.5),),
            database,
        )
        yield Figure(
            f"statements for {few['messages']} messages, and for {counted['messages']:,}",
            "",
            {
                "ModelSerializer": [their_few["statements"], theirs["statements"]],
                "ours": [few["statements"], counted["statements"]],
            },
            where=database,
        )
