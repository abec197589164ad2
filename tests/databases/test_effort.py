"""What recurs costs a database no more when the log is long: each counts for itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from fin_bridge.conf import conf
from fin_bridge.events import breaker, drain
from fin_bridge.models import Event
from tests.support.world import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def effort(act: Callable[[], object]) -> int:
    """What it costs the database, in its own count: rows, or steps of SQLite's machine."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            steps: list[None] = []
            connection.connection.set_progress_handler(lambda: steps.append(None), 1)
            act()
            connection.connection.set_progress_handler(None, 1)
            return len(steps)
        count = {
            "postgresql": "SELECT seq_tup_read + COALESCE(idx_tup_fetch, 0)"
            " FROM pg_stat_xact_user_tables WHERE relname = 'fin_bridge_event'",
            "mysql": "SELECT SUM(variable_value) FROM information_schema.session_status"
            " WHERE variable_name LIKE 'Handler_read%'",
        }[connection.vendor]
        cursor.execute(count)
        before = cursor.fetchone()[0]
        act()
        cursor.execute(count)
        return int(cursor.fetchone()[0] - before)


def test_when_to_look_again_is_found_without_reading_all_that_waits(stopped_clock: Clock) -> None:
    integration, circuit = conf.integrations["default"], breaker.read("default")
    efforts = []
    for waiting in (10, 3000):
        Event.objects.bulk_create(
            Event(
                integration="default",
                conversation_id=str(number),
                created_at=stopped_clock.now,
                due_at=stopped_clock.now,
            )
            for number in range(waiting)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" + " TABLE fin_bridge_event" * (connection.vendor == "mysql"))
        efforts.append(effort(lambda: drain._next_wait(integration, circuit)))
    assert 0 < efforts[1] <= efforts[0] + 5
