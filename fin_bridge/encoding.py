"""Helpdesks' values as JSON: what helpdesks put into attributes is not always JSON of itself."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


class _Encoder(DjangoJSONEncoder):
    """Whatever it does not know is told as text: an attribute must not cost the conversation."""

    def default(self, o: Any) -> Any:
        try:
            return super().default(o)
        except TypeError:
            return str(o)


_encoder = _Encoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def encode(value: Any) -> str:
    """As JSON; a number that it does not know, such as NaN, is null."""
    try:
        return _encoder.encode(value)
    except ValueError:
        return _encoder.encode(_known(value))


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_known(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def plain(value: Any) -> Any:
    """As it reads once it has been through JSON: to compare with what Fin sends and was shown."""
    return json.loads(encode(value))


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC, with a Z."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    # Together they have no offset to be written and taken off: that is half of the time.
    return f"{moment.date().isoformat()}T{moment.time().isoformat()}Z"
