from __future__ import annotations

from typing import Any

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from tests.support.checked import (
    DIGEST,
    WELL,
    Integration,
    assert_found,
    found,
    ids,
    two_integrations,
)

MISTAKES: list[tuple[str, str, Any]] = [
    ("E030", "INTEGRATIONS", ["default"]),
    ("E031", "INTEGRATIONS", {}),
    ("E032", "INTEGRATIONS", {"": WELL}),
    ("E032", "INTEGRATIONS", {7: WELL}),
    ("E032", "INTEGRATIONS", {"x" * 65: WELL}),
    ("E033", "INTEGRATIONS", {"default": "integration-1"}),
    ("E034", "INTEGRATIONS", Integration(WEBHOOK_KEY="x")),
    ("E035", "INTEGRATIONS", Integration(ID=...)),
    ("E035", "INTEGRATIONS", Integration(ID=7)),
    ("E036", "INTEGRATIONS", Integration(WEBHOOK_KEYS=...)),
    ("E037", "INTEGRATIONS", Integration(WEBHOOK_KEYS="webhook-key")),
    ("E037", "INTEGRATIONS", Integration(WEBHOOK_KEYS=[""])),
    ("E038", "INTEGRATIONS", Integration(REGION=...)),
    ("E039", "INTEGRATIONS", Integration(REGION="eu")),
    ("E039", "INTEGRATIONS", Integration(REGION=["EU"])),
    ("E040", "INTEGRATIONS", Integration(REGION=..., EVENTS_URL="fin.example.com")),
    ("E041", "INTEGRATIONS", two_integrations(ID="integration-1")),
    ("E042", "INTEGRATIONS", two_integrations(CLIENT_IDS=["fin-client"])),
    ("E046", "INTEGRATIONS", two_integrations(TOKENS=[DIGEST])),
    ("E049", "INTEGRATIONS", Integration(AGENT_ID="")),
    ("E049", "INTEGRATIONS", Integration(AGENT_ID=1.5)),
    ("W002", "INTEGRATIONS", Integration(EVENTS_URL="https://fin.example.com")),
    ("W003", "INTEGRATIONS", Integration(REGION=..., EVENTS_URL="http://fin.example.com")),
    ("W003", "INTEGRATIONS", Integration(REGION=..., EVENTS_URL="http://10.0.0.1:80")),
]


@pytest.mark.parametrize(("check", "name", "value"), MISTAKES)
def test_a_mistake_in_a_setting(
    check: str, name: str, value: Any, settings: SettingsWrapper
) -> None:
    assert_found(check, name, value, settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTEGRATIONS", Integration(AGENT_ID=7)),
        ("INTEGRATIONS", Integration(REGION=..., EVENTS_URL="http://localhost:8001")),
        ("INTEGRATIONS", Integration(REGION=..., EVENTS_URL="http://fin.localhost")),
        ("INTEGRATIONS", Integration(REGION=..., EVENTS_URL="http://[::1]:8001/x")),
        ("INTEGRATIONS", Integration(REGION=..., EVENTS_URL="https://fin.example.com")),
    ],
)
def test_a_value_that_is_well(name: str, value: Any, settings: SettingsWrapper) -> None:
    given = value.value if isinstance(value, Integration) else value
    setattr(settings, f"FIN_BRIDGE_{name}", given)
    assert found() == []


def test_several_mistakes_are_all_named(settings: SettingsWrapper) -> None:
    settings.FIN_BRIDGE_INTEGRATIONS = {"a": {}, "b": "x"}
    settings.FIN_BRIDGE_SETTLE = "x"
    assert sorted(ids()) == ["E008", "E033", "E035", "E036", "E038", "E043", "E047"]
