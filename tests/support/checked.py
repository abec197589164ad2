"""Settings in which nothing is wrong, for tests of the checks, and what the checks find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core import checks
from pytest_django.fixtures import Settings as SettingsWrapper

DIGEST = "0" * 64
WELL: Mapping[str, Any] = {
    "ID": "integration-1",
    "WEBHOOK_KEYS": ["webhook-key"],
    "SIGNING_KEYS": [lambda: "signing-key"],
    "CLIENT_IDS": ["fin-client"],
    "REGION": "EU",
}
HASHED = {"COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}


def found() -> list[checks.CheckMessage]:
    messages = checks.run_checks(tags=["fin_bridge"], include_deployment_checks=True)
    return [message for message in messages if str(message.id).startswith("fin_bridge.")]


def ids() -> list[str]:
    return [str(message.id).removeprefix("fin_bridge.") for message in found()]


class Integration:
    """The settings that a case of the table below sets: options of one integration."""

    def __init__(self, **options: Any) -> None:
        merged = {**WELL, **options}
        self.value = {"default": {k: v for k, v in merged.items() if v is not ...}}


def two_integrations(**options: Any) -> dict[str, Any]:
    other = {**WELL, "ID": "integration-2", "CLIENT_IDS": ["other"], **options}
    return {"default": {**WELL, "TOKENS": [DIGEST]}, "other": other}


def assert_found(check: str, name: str, value: Any, settings: SettingsWrapper) -> None:
    """Make the mistake in a setting, and find it named by its check, and no other."""
    setting = f"FIN_BRIDGE_{name}"
    setattr(settings, setting, value.value if isinstance(value, Integration) else value)
    [message] = found()
    assert message.id == f"fin_bridge.{check}"
    assert check == "W007" or setting in message.msg
    assert message.hint
    assert isinstance(message, checks.Error if check[0] == "E" else checks.Warning)
