"""Verifies the signatures of Fin's requests, as the contract's section "Trust" has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.views.decorators.debug import sensitive_variables

from ...signing import matches, sign
from ..wire.parsers import parse_query

WINDOW: Final = 300  # seconds
"""A timestamp may differ from our clock by so much, either way."""

_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")


def is_recent(timestamp: str, now: datetime) -> bool:
    """Return whether the timestamp, whole seconds since the epoch in digits, is near `now`."""
    return bool(_TIMESTAMP.fullmatch(timestamp)) and (
        abs(now.timestamp() - int(timestamp)) <= WINDOW
    )


@sensitive_variables()
def is_signed(keys: Iterable[str], timestamp: str, signature: str, contents: list[bytes]) -> bool:
    """Return whether one of the keys has signed one of the contents.

    All are tried, whichever matches, for the time that it takes to tell nothing.
    """
    verdicts = [
        matches(sign(key, timestamp, content), signature) for key in keys for content in contents
    ]
    return any(verdicts)


def query_forms(query: str) -> list[bytes]:
    """Return the forms in which the parameters of a GET may be signed, sorted by key.

    They are signed as sent or decoded; decoded only where that cannot be read as the parameters
    of another request, or one request's signature would pass for another's. A query that we
    refuse has no form.
    """
    try:
        parameters = parse_query(query)
    except ValueError:
        return []
    pairs = sorted(filter(None, query.split("&")), key=lambda pair: pair.partition("=")[0])
    decoded = "&".join(f"{key}={parameters[key]}" for key in sorted(parameters))
    forms = ["&".join(pairs)]
    if not any(re.search("[&=]", text) for pair in parameters.items() for text in pair):
        forms += [decoded] if _reads_as(decoded, parameters) else []
    return [form.encode() for form in forms]


def _reads_as(decoded: str, parameters: dict[str, str]) -> bool:
    # The decoded form, taken for one as sent, must say what was sent.
    if not decoded.isascii():
        return True  # it cannot have been sent like that
    try:
        return parse_query(decoded) == parameters
    except ValueError:
        return True
