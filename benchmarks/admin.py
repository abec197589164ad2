"""Times and counts the statements of each admin page over a log of a million events.

    DATABASE_URL=postgres://... python -m benchmarks.admin [--events 1000000]

Fills the database that it is given, which must be empty, or a new SQLite file. Prints a line for
each page: statements, the median and the slowest of some runs. The first run is not counted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator

PAGES = {
    "overview": "integrationstate/overview/",
    "log": "event/",
    "log, sent": "event/?state__exact=sent",
    "log, failed": "event/?state__exact=failed",
    "log, a day": "event/?day={day}",
    "log, page 40": "event/?p=40",
    "log, a conversation": "event/?q=777",
    "event": "event/{event}/change/",
    "calls": "fincall/",
    "calls refused": "fincall/?answer=refused",
    "conversations": "conversationstate/",
    "handovers": "conversationstate/?handover=unanswered",
}
DIGITS = f"(SELECT 0 AS d {' '.join(f'UNION ALL SELECT {digit}' for digit in range(1, 10))})"
SPAN = 90 * 24 * 3600 * 1_000_000
"""Microseconds over which the events lie: the default retention."""


def numbers(count: int) -> str:
    """A table of the numbers below `count` that every database can make."""
    places = range(len(str(count - 1)))
    digits = " + ".join(f"p{place}.d * {10**place}" for place in places)
    value = f"{digits} + 0 * 10000000000"  # no integer of four bytes any more
    tables = " CROSS JOIN ".join(f"{DIGITS} p{place}" for place in places)
    return f"(SELECT {value} AS n FROM {tables}) numbers WHERE n < {count} ORDER BY n"


def statements(events: int, now: int) -> Iterator[str]:
    """Nine in ten sent, of a fifth as many conversations; an attempt and a call for each."""
    began = f"({now - SPAN} + n * {SPAN // events})"
    name = f"CAST(n % {max(events // 5, 1)} AS CHAR(12))"
    state = (
        "CASE WHEN n % 20 = 0 THEN 'failed' WHEN n % 20 = 1 THEN 'merged' "
        f"WHEN n >= {events - 200} THEN 'waiting' ELSE 'sent' END"
    )
    yield (
        "INSERT INTO fin_bridge_event (integration, conversation_id, kind, state, cause, reaction,"
        " created_at, due_at, attempts, settled_at, pulled_at, detail) "
        f"SELECT 'default', {name}, 'sync', {state}, 'support.Reply created', {{false}},"
        f" {began}, {began}, 1, {began} + 600000, {began} + 900000, '' FROM {numbers(events)}"
    )
    yield (
        "INSERT INTO fin_bridge_attempt (event_id, integration, conversation_id, started_at,"
        " duration, outcome, status, url, request_headers, request_body, answer) "
        "SELECT id, integration, conversation_id, created_at + 500000, 80 + id % 300,"
        " CASE WHEN state = 'failed' THEN 'rejected' ELSE 'sent' END,"
        " CASE WHEN state = 'failed' THEN 400 ELSE 204 END,"
        " 'https://fin.example.com/hook', '{{}}', '{{}}', '' FROM fin_bridge_event"
    )
    yield (
        "INSERT INTO fin_bridge_fincall (at, integration, operation, conversation_id, status,"
        f" duration, detail) SELECT {began}, 'default', 'get_conversation', {name},"
        f" CASE WHEN n % 50 = 0 THEN 401 ELSE 200 END, 12, '' FROM {numbers(events)}"
    )
    yield (
        "INSERT INTO fin_bridge_conversationstate (integration, conversation_id, attempts,"
        " reminders, shown, extent, holder, handover, handed_over_at, known_at) "
        f"SELECT 'default', {name}, 0, 0, '{{{{}}}}', '{{{{}}}}', 'people',"
        " CASE WHEN n % 1000 = 0 THEN 'waiting' WHEN n % 3 = 0 THEN 'answered' ELSE '' END,"
        f" {began}, {began} FROM {numbers(max(events // 5, 1))}"
    )


def fill(events: int) -> None:
    """The tables, and what the planner wants to know of them."""
    from django.core.management import call_command
    from django.db import connection

    from fin_bridge.database import clock
    from fin_bridge.models import IntegrationState

    call_command("migrate", verbosity=0)
    now = clock.now("default")
    IntegrationState.objects.create(integration="default", swept_at=now)
    false = "false" if connection.vendor == "postgresql" else "0"
    with connection.cursor() as cursor:
        for statement in statements(events, clock.to_microseconds(now)):
            cursor.execute(statement.replace("{false}", false).replace("{{}}", "{}"))
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")


def measure(runs: int) -> Iterator[tuple[str, int, float, float]]:
    """For each page: its name, the statements, median and slowest of the runs in milliseconds."""
    from django.contrib.auth.models import Permission, User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from fin_bridge.models import Event

    operator = User.objects.create_user("operator", is_staff=True)
    views = Permission.objects.filter(content_type__app_label="fin_bridge")
    operator.user_permissions.set(views)
    client = Client(headers={"host": "localhost"})
    client.force_login(operator)
    middle = Event.objects.filter(conversation_id="777").order_by("pk")[2]
    places = {"event": str(middle.pk), "day": middle.created_at.date().isoformat()}
    for name, page in PAGES.items():
        address = "/admin/fin_bridge/" + page.format(**places)
        times = []
        for _ in range(runs + 1):
            with CaptureQueriesContext(connection) as queries:
                started = time.perf_counter()
                response = client.get(address)
                times.append((time.perf_counter() - started) * 1000)
            if response.status_code != 200:
                raise SystemExit(f"{address}: {response.status_code}")
        yield name, len(queries), statistics.median(times[1:]), max(times[1:])


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/log.sqlite3")
        os.environ["DEMO_VAR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk_demo.settings"
        import django

        django.setup()
        fill(options.events)
        from django.db import connection

        say = sys.stdout.write
        say(f"{connection.vendor}, {options.events} events, {options.runs} runs\n")
        say(f"{'page':22}{'statements':>12}{'median ms':>12}{'slowest ms':>12}\n")
        for name, count, median, slowest in measure(options.runs):
            say(f"{name:22}{count:>12}{median:>12.0f}{slowest:>12.0f}\n")


if __name__ == "__main__":
    main()
