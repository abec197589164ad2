"""The serializer fields of Fin's input: each takes one type of JSON, and converts nothing."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from rest_framework import serializers

# NUL and halves of surrogate pairs: JSON can spell them, databases cannot hold them.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Text(serializers.CharField):
    """A string as it is: numbers are not taken for strings, and no space is cut off."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **{"allow_blank": True, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Id(Text):
    """An opaque id, which is never empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_blank=False, **options)


class Hint(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs only
    """A string that nothing depends on: one that no database holds is taken for empty."""

    default_error_messages = {"invalid": "Not a valid string."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return "" if UNSTORABLE.search(data) else data


class Attributes(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs only
    """Take any JSON object, and change nothing in it."""

    default_error_messages = {
        "invalid": "Must be an object.",
        "unstorable": "Holds characters that cannot be stored.",
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        if _is_unstorable(data):
            self.fail("unstorable")
        return data


def _is_unstorable(value: Any) -> bool:
    if isinstance(value, str):
        return bool(UNSTORABLE.search(value))
    if isinstance(value, dict):
        return any(_is_unstorable(inner) for pair in value.items() for inner in pair)
    return isinstance(value, list) and any(map(_is_unstorable, value))


def moment(**options: Any) -> serializers.DateTimeField:
    """Return a field of ISO 8601, in UTC unless it says otherwise, whatever the host has set."""
    return serializers.DateTimeField(input_formats=["iso-8601"], default_timezone=UTC, **options)
