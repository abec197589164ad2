"""Times as a helpdesk has them: aware, naive, or no more than a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any, Final

from django.db import connections, models
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ...conf import conf
from ...database.clock import from_microseconds


def aware(value: Any) -> Any:
    """Return a time in UTC: naive ones are in Django's `TIME_ZONE`, days begin at its midnight."""
    if type(value) is datetime and value.tzinfo is UTC:  # as most are
        return value
    if not isinstance(value, date):
        return value
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    if timezone.is_naive(value):
        value = timezone.make_aware(value, timezone.get_default_timezone())
    return value.astimezone(UTC)


def stored(moment: datetime) -> datetime:
    """Return a time as queries compare it: with `USE_TZ` off, the database holds naive times."""
    if conf.raw("USE_TZ", True):
        return moment
    return timezone.make_naive(moment, timezone.get_default_timezone())


class _Microseconds(models.Func):
    template = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint"
    output_field = models.BigIntegerField()

    def get_db_converters(self, connection: Any) -> list[Any]:
        """Return no converter: the driver yields whole numbers, which Django need not look at."""
        return []


def of_number(value: int | None) -> datetime | None:
    """Return the time of a number of microseconds since the epoch."""
    return None if value is None else from_microseconds(value)


def of_text(value: str | None) -> datetime | None:
    """Return the time of a text, which is in UTC unless it says otherwise."""
    try:
        return datetime.fromisoformat(f"{value}Z")  # nine times as quick as to add the zone
    except ValueError:
        return _of_other_text(value)


def _of_other_text(value: str | None) -> datetime | None:
    moment = parse_datetime(value) if value else None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else aware(moment)


_QUICK: Final[Mapping[str, tuple[Any, Callable[[Any], datetime | None]]]] = {
    "postgresql": (_Microseconds, of_number),
    "sqlite": (partial(Cast, output_field=models.TextField()), of_text),
}


def selected(column: models.Field[Any, Any], using: str) -> tuple[Any, Callable[[Any], Any]]:
    """Return the expression by which a query reads many times, and the way back to times.

    A driver takes longer to make a time than to read all else of a message.
    """
    name, connection = column.attname, connections[using]
    is_utc = type(column) is models.DateTimeField and connection.timezone is UTC
    is_utc = is_utc and column.model._meta.managed  # else it may be one without a time zone
    if not is_utc or connection.vendor not in _QUICK:
        return name, aware
    read, moment_of = _QUICK[connection.vendor]
    return read(name), moment_of
