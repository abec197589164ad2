"""Times as a helpdesk has them: aware, naive, or only a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django.utils import timezone

from ..conf import conf


def aware(value: Any) -> Any:
    """In UTC; a naive one is in Django's `TIME_ZONE`, and a day begins at its midnight."""
    if not isinstance(value, date):
        return value
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    if timezone.is_naive(value):
        value = timezone.make_aware(value, timezone.get_default_timezone())
    return value.astimezone(UTC)


def stored(moment: datetime) -> datetime:
    """As a query compares it: where `USE_TZ` is off, the database holds naive ones."""
    if conf.raw("USE_TZ", True):
        return moment
    return timezone.make_naive(moment, timezone.get_default_timezone())
