from __future__ import annotations

from typing import Any

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from tests.support.checked import (
    DIGEST,
    Integration,
    assert_found,
    found,
    two_integrations,
)

MISTAKES: list[tuple[str, str, Any]] = [
    ("E043", "INTEGRATIONS", Integration(CLIENT_IDS=...)),
    ("E044", "INTEGRATIONS", Integration(CLIENT_IDS="fin-client")),
    ("E044", "INTEGRATIONS", Integration(CLIENT_IDS=[lambda: "fin-client"])),
    ("E045", "INTEGRATIONS", Integration(TOKENS=["secret"])),
    ("E045", "INTEGRATIONS", Integration(TOKENS=DIGEST)),
    ("E047", "INTEGRATIONS", Integration(SIGNING_KEYS=[])),
    ("E048", "INTEGRATIONS", Integration(SIGNING_KEYS="signing-key")),
]


@pytest.mark.parametrize(("check", "name", "value"), MISTAKES)
def test_a_mistake_in_a_setting(
    check: str, name: str, value: Any, settings: SettingsWrapper
) -> None:
    assert_found(check, name, value, settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTEGRATIONS", two_integrations(TOKENS=["1" * 64, lambda: DIGEST])),
        ("INTEGRATIONS", Integration(CLIENT_IDS=..., TOKENS=[DIGEST])),
    ],
)
def test_a_value_that_is_well(name: str, value: Any, settings: SettingsWrapper) -> None:
    given = value.value if isinstance(value, Integration) else value
    setattr(settings, f"FIN_BRIDGE_{name}", given)
    assert found() == []


@pytest.mark.parametrize(
    ("credentials", "missing"),
    [(["token"], "SIGNING_KEYS"), (["signature"], "CLIENT_IDS")],
)
def test_what_fin_need_not_show_need_not_be_there(
    credentials: list[str], missing: str, settings: SettingsWrapper
) -> None:
    settings.FIN_BRIDGE_CREDENTIALS = credentials
    settings.FIN_BRIDGE_INTEGRATIONS = Integration(**{missing: ...}).value
    assert found() == []
