"""The database's clock, in UTC, which alone gives every time that decides anything.

The clocks of web and worker machines drift apart, and all of these machines share the database.
Times are kept as microseconds since the epoch, so neither `USE_TZ` nor a change to daylight saving
nor the time zone of a database session moves a lease or a retry.
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
"""A test that stops the clock sets this moment; it is None while the clock goes."""


def to_microseconds(moment: datetime) -> int:
    """Return the whole microseconds since the epoch of an aware moment."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """Return the aware moment, in UTC, of a number of microseconds since the epoch."""
    return _EPOCH + value * _MICROSECOND


class InstantField(_Field):
    """A moment: an aware datetime in Python, microseconds since the epoch in the database."""

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *args: object) -> datetime | None:
        return None if value is None else from_microseconds(value)

    def to_python(self, value: Any) -> Any:
        """Accept a datetime, and what a form or a fixture holds: the number, or its text."""
        if value is None or isinstance(value, datetime):
            return value
        return from_microseconds(int(value))

    def get_prep_value(self, value: Any) -> Any:
        """Turn a datetime into its number, and let expressions and numbers pass."""
        return to_microseconds(value) if isinstance(value, datetime) else value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)))


class Now(models.Expression):
    """The database's clock plus the time `ahead`, for use inside a statement."""

    output_field = InstantField()

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        super().__init__()
        self.ahead = ahead

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[int, ...]]:
        return expression(connection.vendor, self.ahead), ()


def expression(vendor: str, ahead: timedelta = timedelta(0)) -> str:
    """Return SQL for the clock plus a time, as that vendor's database spells it."""
    microseconds = ahead // _MICROSECOND
    if frozen is not None:
        return str(to_microseconds(frozen) + microseconds)
    return f"{_NOW[vendor]} + {microseconds}"


def skew(using: str) -> timedelta:
    """Return how far this machine's clock is ahead of the database's; it decides nothing."""
    return datetime.now(UTC) - now(using)


def now(using: str) -> datetime:
    """Ask the database of that alias for the time (one statement, none in a stopped test)."""
    if frozen is not None:
        return frozen
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + _NOW[connection.vendor])
        return from_microseconds(int(cursor.fetchone()[0]))
