"""Values of a helpdesk as JSON: its attributes may hold what JSON has no word for."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


class _Encoder(DjangoJSONEncoder):
    """An encoder that tells as text what it does not know, so no attribute costs a pull."""

    def default(self, o: Any) -> Any:
        try:
            return super().default(o)
        except TypeError:
            return str(o)


_encoder = _Encoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def encode(value: Any) -> str:
    """Return a value as JSON; a number that JSON does not have, such as NaN, is null."""
    try:
        return _encoder.encode(value)
    except ValueError:
        return _encoder.encode(_finite(value))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def plain(value: Any) -> Any:
    """Return a value as it comes back from JSON, to compare it with what Fin sends."""
    return json.loads(encode(value))


def instant(moment: datetime) -> str:
    """Return an aware moment in ISO 8601, in UTC with a Z."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    # Together they have no offset to be written and taken off: that is half of the time.
    return f"{moment.date().isoformat()}T{moment.time().isoformat()}Z"
