from __future__ import annotations

import re
from typing import Any

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from fin_bridge.checks.settings import ELSEWHERE, RULES
from fin_bridge.conf import Settings, conf
from tests.support.checked import (
    Integration,
    assert_found,
    found,
)

MISTAKES: list[tuple[str, str, Any]] = [
    ("E003", "PUBLIC_URL", ""),
    ("E004", "PUBLIC_URL", "http://help.example.com"),
    ("E004", "PUBLIC_URL", "https://"),
    ("E004", "PUBLIC_URL", "https://help.example.com/?a=b"),
    ("E004", "PUBLIC_URL", "https://[::1"),
    ("E004", "PUBLIC_URL", "https://help.example.com:port"),
    ("E004", "PUBLIC_URL", 7),
    ("E005", "CREDENTIALS", "token"),
    ("E005", "CREDENTIALS", []),
    ("E005", "CREDENTIALS", ["token", "password"]),
    ("E006", "SHOW_PRIVATE_NOTES", "False"),
    ("E007", "SHOW_STAFF", 1),
    ("E008", "SETTLE", "0.5"),
    ("E008", "SETTLE", -1),
    ("E008", "SETTLE", True),
    ("E009", "LEASE", 0),
    ("E010", "SPACING", None),
    ("E011", "DEADLINE", 0),
    ("E012", "LEASE", 16),
    ("E013", "IN_FLIGHT", 0),
    ("E013", "IN_FLIGHT", 1.5),
    ("E014", "RECOVERY_RATE", True),
    ("E015", "TRUST_ENVIRONMENT", None),
    ("E016", "SYNC_QUEUE", ""),
    ("E017", "TYPING_QUEUE", 3),
    ("E018", "TYPING_INTERVAL", 0),
    ("E019", "TYPING_CACHE", "nowhere"),
    ("E020", "ATTACHMENT_LIFETIME", 0),
    ("E022", "RETENTION_DAYS", 0),
    ("E023", "HANDOVER_ALARM", -1),
    ("E023", "HANDOVER_ALARM", "ten minutes"),
    ("W001", "SETLE", 0.5),
]


@pytest.mark.parametrize(("check", "name", "value"), MISTAKES)
def test_a_mistake_in_a_setting(
    check: str, name: str, value: Any, settings: SettingsWrapper
) -> None:
    assert_found(check, name, value, settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CREDENTIALS", {"token"}),
        ("SETTLE", 0),
        ("LEASE", 17),
        ("SYNC_QUEUE", None),
        ("SYNC_QUEUE", "fin"),
        ("RETENTION_DAYS", 0.0 + 1),
        ("PUBLIC_URL", "https://help.example.com/desk/"),
    ],
)
def test_a_value_that_is_well(name: str, value: Any, settings: SettingsWrapper) -> None:
    given = value.value if isinstance(value, Integration) else value
    setattr(settings, f"FIN_BRIDGE_{name}", given)
    assert found() == []


def test_every_setting_has_a_check() -> None:
    settings_of_ours = {
        name
        for value in vars(Settings).values()
        if isinstance(value, property)
        for name in re.findall(r"`(FIN_BRIDGE_\w+)`", value.__doc__ or "")
    }
    assert settings_of_ours == {rule.name for rule in RULES} | ELSEWHERE


def test_the_defaults_keep_the_rules(settings: SettingsWrapper) -> None:
    for name in conf.given - ELSEWHERE:
        delattr(settings, name)
    for rule in RULES:
        attribute = rule.name.removeprefix("FIN_BRIDGE_").lower()
        value = getattr(conf, attribute.removesuffix("_days"))
        if hasattr(value, "total_seconds"):
            value = value.total_seconds() / (86400 if attribute.endswith("_days") else 1)
        assert rule.accepts(value), rule.name
