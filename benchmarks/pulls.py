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
The floor spends some 5 us on a message. Ours spends some 17: 1.3 to read it and its file from
PostgreSQL, 4 for the sanitiser, of which nearly 3 are its own, 4 for the file and the signature
in its address, 3 for its JSON, written out into the answer, and 1 for its record; the rest is
spread thinly. The database's own sorting and joining comes on top, some 2 us a message, and the
call's own statements; the floor has none of it. So four floors, and a tenth of the
ModelSerializer, which neither sanitises nor signs, are where runs end, now on this side of the
goal and now on the other: a hundredth or two is what the machine's other guests make of it. Two
per cent more would be an HMAC put together from its two hashes, four per cent records that are not
frozen; neither is worth it.

What made most of the difference: `reverse()` and a new signer for each file were half of a pull;
a join read each author anew with every message, and a prefetch of the files named all of the
messages' keys in its query. Then an instance for each message, which is made only where code of
the host's might be shown it; the drivers' own way of making a datetime, nearly 4 us of
PostgreSQL's 5 for a row, so that a number is read instead; and a dictionary for each message
with its author's, where the text of the JSON is put together now. Ten thousand attachments that
waited for their messages made every second or third pull wait a tenth of a second for a full
collection of garbage; rows wait now, which Python does not track. Not worth it: to spare the
sanitiser texts without markup (it takes 1 us for those), and smaller chunks.

After an id the statements count and hardly the messages: eleven of them, against the
ModelSerializer's three. They are the database's clock and the token; the conversation; how far
it reaches, so that what is written meanwhile is noticed; whether anything is kept of it; the
message named; messages and files; and in one transaction the stamp, which is two, and the note
of the call. Those of our own tables are SQL, for to build one takes Django 0.2 to 0.4 ms,
whatever it asks for. That is 2 to 3 ms for the other six, which are the host's to shape. On
PostgreSQL the eleven round trips take another 2 ms, the commit, which the ModelSerializer never
waits for, half a one, and two of the statements, how far it reaches and what came since, read
the time of each of the 10,000 messages, since no helpdesk has an index on it: 1 ms each, on
SQLite 2 and 1. So the goal, 2.5 to 3.5 ms, is passed before Python has done anything. To look
for what came since by the first key that the other statement finds beside the last spared SQLite
a twentieth, and PostgreSQL nothing unless its statistics were fresh.
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
