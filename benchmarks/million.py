"""A log of a million events: its pages in the admin, and what it costs the deliveries.

1,000,000 events of 90 days with an attempt each, of 200,000 conversations. *ModelAdmin* is
Django's own with the same columns of the table, the filters that it makes of the columns by
itself, and a search for the conversation; it has no filter by day, since the times are numbers. It
is given no attempts to show, which ours looks up for each page.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.compare import Figure, Goal, Ring, in_turn
from benchmarks.contender import Contender
from benchmarks.servers import migrate, serving

TITLE = "A million events"
NOTES = """
The statements of a page of ours take ten milliseconds, that of the last attempts half of them;
none counts further than one can page. The rest is Python's, for fifty rows of ten columns each.
Where a list is filtered, Django looks up each row's address once more to add the filters to its
link, and it renders a template for each row's checkbox: ours does neither, for the same HTML.
ModelAdmin counts the table twice and looks for all integrations that there are in it.
"""
EVENTS, QUICK = 1_000_000, 50_000

PAGES = {
    "first page": "",
    "second page": "p=2",
    "by state": "state__exact=failed",
    "by kind": "kind__exact=sync",
    "by integration": "integration=default",
    "search by conversation": "q=777",
}


def filler() -> Callable[..., Any]:
    """Fills the log."""
    from benchmarks import admin

    def fill(events: int) -> None:
        admin.fill(events)

    return fill


def _paging(prefix: str) -> Callable[..., Any]:
    from django.contrib.auth.models import User
    from django.test import Client

    user, _ = User.objects.get_or_create(username="root", is_superuser=True, is_staff=True)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)

    def page(query: str) -> float:
        started = time.perf_counter()
        response = client.get(f"/{prefix}/fin_bridge/event/?{query}")
        assert response.status_code == 200, response.status_code
        return (time.perf_counter() - started) * 1000

    return page


def ours() -> Callable[..., Any]:
    """Our pages."""
    return _paging("admin")


def default() -> Callable[..., Any]:
    """Django's own."""
    return _paging("default")


def draining() -> Callable[..., Any]:
    """Deliveries a second of one process, without Celery."""
    from benchmarks import deliveries
    from fin_bridge import tasks
    from fin_bridge.events.drain import drain
    from fin_bridge.events.sweep import sweep
    from fin_bridge.models import Event

    tasks.hint = lambda seconds: None  # nobody listens
    record = deliveries.ours()
    sweep()

    def drained(count: int) -> float:
        record(count)
        started = time.perf_counter()
        while Event.objects.filter(state=Event.State.WAITING, cause="a reply").exists():
            drain()
        return count / (time.perf_counter() - started)

    return drained


def figures(quick: bool) -> Iterator[Figure]:
    """PostgreSQL, vacuumed and analysed."""
    with serving("PostgreSQL") as big, serving("PostgreSQL") as small:
        pages = {**big, "BENCH_PAGES": "1"}
        for environment, events in ((pages, QUICK if quick else EVENTS), (small, 10)):
            migrate(environment)
            filling = Contender("benchmarks.million:filler", environment)
            filling.round(events=events)
            filling.stop()
        yield from _pages(pages, quick)
        yield _backlog(big, small, quick)


def _pages(environment: dict[str, str], quick: bool) -> Iterator[Figure]:
    contenders = Ring(
        ModelAdmin=Contender("benchmarks.million:default", environment),
        ours=Contender("benchmarks.million:ours", environment),
    )
    with contenders as rounds:
        for name, query in PAGES.items():
            yield Figure(
                f"the log, {name}",
                "ms",
                in_turn(rounds, 2 if quick else 5, query=query),
                (Goal("ours", "ModelAdmin", at_most=0.25),),
                "PostgreSQL",
            )


def _backlog(big: dict[str, str], small: dict[str, str], quick: bool) -> Figure:
    receiver = Contender("benchmarks.receiver:receiver", small)
    url = {"BENCH_EVENTS_URL": receiver.round()}
    contenders = Ring(
        ten=Contender("benchmarks.million:draining", {**small, **url}),
        a_million=Contender("benchmarks.million:draining", {**big, **url}),
    )
    with contenders as rounds:
        samples = in_turn(rounds, 2 if quick else 7, count=200 if quick else 2000)
    receiver.stop()
    return Figure(
        "deliveries a second beside so many finished rows",
        "1/s",
        samples,
        (Goal("a million", "ten", at_least=0.95),),
        "PostgreSQL",
    )
