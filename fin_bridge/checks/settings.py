"""Checks of the flat settings: types, ranges, and names that are no settings of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.core import checks

from ..conf import CREDENTIALS, conf

TAG: Final = "fin_bridge"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for the value of one setting: `accepts` tests it, `wanted` completes the hint."""

    id: str
    name: str
    accepts: Callable[[Any], bool]
    wanted: str


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _number(least: float, most: float = float("inf")) -> Callable[[Any], bool]:
    """Accept integers and fractions of this range, but no booleans."""
    return lambda value: (
        isinstance(value, int | float) and not _is_bool(value) and least <= value <= most
    )


def _whole(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and _number(least, most)(value)


def _is_queue(value: Any) -> bool:
    return value is None or (isinstance(value, str) and bool(value))


def _is_credentials(value: Any) -> bool:
    return isinstance(value, list | tuple | set) and bool(value) and set(value) <= {*CREDENTIALS}


def _is_alarm(value: Any) -> bool:
    return value is None or _number(0, 30 * _DAY)(value)


def _is_cache(value: Any) -> bool:
    return isinstance(value, str) and value in conf.raw("CACHES")


_DAY: Final = 24 * 3600
_QUEUE: Final = "the name of a Celery queue, or None for the default one"

RULES: Final = (
    Rule(
        "fin_bridge.E005",
        "FIN_BRIDGE_CREDENTIALS",
        _is_credentials,
        f"a list of one or both of {' and '.join(map(repr, CREDENTIALS))}",
    ),
    Rule("fin_bridge.E006", "FIN_BRIDGE_SHOW_PRIVATE_NOTES", _is_bool, "True or False"),
    Rule("fin_bridge.E007", "FIN_BRIDGE_SHOW_STAFF", _is_bool, "True or False"),
    Rule("fin_bridge.E008", "FIN_BRIDGE_SETTLE", _number(0, 60), "seconds, from 0 to 60"),
    Rule("fin_bridge.E009", "FIN_BRIDGE_LEASE", _number(5, 3600), "seconds, from 5 to 3600"),
    Rule("fin_bridge.E010", "FIN_BRIDGE_SPACING", _number(0, 60), "seconds, from 0 to 60"),
    Rule("fin_bridge.E011", "FIN_BRIDGE_DEADLINE", _number(1, 600), "seconds, from 1 to 600"),
    Rule("fin_bridge.E013", "FIN_BRIDGE_IN_FLIGHT", _whole(1, 1000), "a number from 1 to 1000"),
    Rule(
        "fin_bridge.E014",
        "FIN_BRIDGE_RECOVERY_RATE",
        _whole(1, 10_000),
        "a number from 1 to 10,000",
    ),
    Rule("fin_bridge.E015", "FIN_BRIDGE_TRUST_ENVIRONMENT", _is_bool, "True or False"),
    Rule("fin_bridge.E016", "FIN_BRIDGE_SYNC_QUEUE", _is_queue, _QUEUE),
    Rule("fin_bridge.E017", "FIN_BRIDGE_TYPING_QUEUE", _is_queue, _QUEUE),
    Rule(
        "fin_bridge.E018",
        "FIN_BRIDGE_TYPING_INTERVAL",
        _number(0.1, 60),
        "seconds, from 0.1 to 60",
    ),
    Rule("fin_bridge.E019", "FIN_BRIDGE_TYPING_CACHE", _is_cache, "a name in CACHES"),
    Rule(
        "fin_bridge.E020",
        "FIN_BRIDGE_ATTACHMENT_LIFETIME",
        _number(60, 3650 * _DAY),
        "seconds, from a minute to ten years",
    ),
    Rule(
        "fin_bridge.E022",
        "FIN_BRIDGE_RETENTION_DAYS",
        _number(1, 36_500),
        "days, from 1 to 36,500",
    ),
    Rule(
        "fin_bridge.E023",
        "FIN_BRIDGE_HANDOVER_ALARM",
        _is_alarm,
        "seconds, from 0 to thirty days, or None for no alarm",
    ),
)

ELSEWHERE: Final = {
    "FIN_BRIDGE_HELPDESK",
    "FIN_BRIDGE_PUBLIC_URL",
    "FIN_BRIDGE_INTEGRATIONS",
}
"""These settings have no default, and checks of their own."""


@checks.register(TAG)
def check_values(**_: Any) -> list[checks.CheckMessage]:
    """Check each setting that is set by its rule."""
    wrong = [
        rule for rule in RULES if rule.name in conf.given and not rule.accepts(conf.raw(rule.name))
    ]
    return [
        checks.Error(
            f"{rule.name} is {conf.raw(rule.name)!r}.",
            hint=f"Set it to {rule.wanted}.",
            id=rule.id,
        )
        for rule in wrong
    ] or [*_lease()]


def _lease() -> Iterator[checks.CheckMessage]:
    """Check that a lease outlasts a POST: one starts only if the lease covers its deadline."""
    if conf.lease.total_seconds() <= conf.deadline + 1:
        yield checks.Error(
            "FIN_BRIDGE_LEASE is not longer than FIN_BRIDGE_DEADLINE: nothing would be sent.",
            hint="Set the lease to at least twice the deadline.",
            id="fin_bridge.E012",
        )


@checks.register(TAG)
def check_names(**_: Any) -> list[checks.CheckMessage]:
    """Warn of misspelled settings, which would silently do nothing."""
    known = {rule.name for rule in RULES} | ELSEWHERE
    return [
        checks.Warning(
            f"{name} is not a setting of fin_bridge.",
            hint="Correct its spelling or remove it; the README lists all settings.",
            id="fin_bridge.W001",
        )
        for name in sorted(conf.given - known)
    ]


@checks.register(TAG)
def check_public_url(**_: Any) -> list[checks.CheckMessage]:
    """Check the address from which Fin fetches attachments; Fin takes https only."""
    value = conf.raw("FIN_BRIDGE_PUBLIC_URL", "")
    if not value:
        return [
            checks.Error(
                "FIN_BRIDGE_PUBLIC_URL is not set.",
                hint="Set it to the https address of this site: Fin fetches attachments from it.",
                id="fin_bridge.E003",
            )
        ]
    if is_address(value, {"https"}):
        return []
    return [
        checks.Error(
            f"FIN_BRIDGE_PUBLIC_URL is {value!r}.",
            hint="Set it to an https address without a query, such as https://help.example.com",
            id="fin_bridge.E004",
        )
    ]


def is_address(value: Any, schemes: set[str]) -> bool:
    """Tell whether it is an address with a host and neither a query nor a fragment."""
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and not (parts.query or parts.fragment)


def is_mapping(value: Any) -> bool:
    """Tell whether it is a dictionary or another mapping."""
    return isinstance(value, Mapping)
