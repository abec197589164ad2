"""Helpdesks' values as JSON: what helpdesks put into attributes is not always JSON of itself."""

from __future__ import annotations

import json
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
    """As JSON; raises `ValueError` for numbers that JSON does not know."""
    return _encoder.encode(value)


def plain(value: Any) -> Any:
    """As it reads once it has been through JSON: to compare with what Fin sends and was shown."""
    return json.loads(encode(value))


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC, with a Z."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{moment.isoformat()[:-6]}Z"
