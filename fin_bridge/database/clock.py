"""One clock for every time that decides anything: the database's, in UTC.

Web and worker machines drift apart; all of them share the database. Times are kept as
microseconds since the epoch, so that neither `USE_TZ` nor a change to daylight saving nor the time
zone of a database session moves a lease or a retry.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_NOW = {
    "postgresql": "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint",
    "sqlite": "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000",
    "mysql": "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))",
}

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    _Field = models.Field

frozen: datetime | None = None
"""What the clock shows while a test has stopped it; None while it goes."""


def to_microseconds(moment: datetime) -> int:
    """Whole microseconds since the epoch; `moment` is aware."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The aware moment, in UTC."""
    return _EPOCH + value * _MICROSECOND


class InstantField(_Field):
    """A moment: an aware datetime in Python, microseconds since the epoch in the database."""

    def get_internal_type(self) -> str:
        """Stored as that."""
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *args: object) -> datetime | None:
        """Aware, in UTC."""
        return None if value is None else from_microseconds(value)

    def to_python(self, value: Any) -> Any:
        """Also what a form or a fixture holds: the number, or its text."""
        if value is None or isinstance(value, datetime):
            return value
        return from_microseconds(int(value))

    def get_prep_value(self, value: Any) -> Any:
        """The number; expressions and numbers pass through."""
        return to_microseconds(value) if isinstance(value, datetime) else value

    def value_to_string(self, obj: models.Model) -> str:
        """As fixtures write it."""
        return str(self.get_prep_value(self.value_from_object(obj)))


class Now(models.Expression):
    """The database's clock, `ahead` of itself by a time, for use inside a statement."""

    output_field = InstantField()

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        super().__init__()
        self.ahead = ahead

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[int, ...]]:
        """As `sql` spells it."""
        return sql(connection.vendor, self.ahead)


def sql(vendor: str, ahead: timedelta = timedelta(0)) -> tuple[str, tuple[int, ...]]:
    """The clock within a statement, `ahead` of itself by a time; with its parameters.

    A sum of the vendor's clock and a constant; of the frozen time in a test.
    """
    microseconds = ahead // _MICROSECOND
    if frozen is not None:
        return "%s", (to_microseconds(frozen) + microseconds,)
    return f"{_NOW[vendor]} + {microseconds}", ()


def skew(using: str) -> timedelta:
    """How far this machine's clock is ahead of the database's; decides nothing."""
    return datetime.now(UTC) - now(using)


def now(using: str) -> datetime:
    """What the database's clock shows (one statement)."""
    if frozen is not None:
        return frozen
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + _NOW[connection.vendor])
        return from_microseconds(int(cursor.fetchone()[0]))
