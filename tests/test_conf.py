"""The settings have defaults and units, and are read at each use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from fin_bridge.conf import conf
from fin_bridge.exceptions import ConfigurationError


def test_an_integration_is_found_by_its_name() -> None:
    assert conf.integration("default").name == "default"
    with pytest.raises(ConfigurationError, match="'none'"):
        conf.integration("none")


@pytest.mark.parametrize(
    ("name", "value", "read", "result"),
    [
        ("FIN_BRIDGE_SETTLE", 2, "settle", timedelta(seconds=2)),
        ("FIN_BRIDGE_RETENTION_DAYS", 3, "retention", timedelta(days=3)),
        ("FIN_BRIDGE_HANDOVER_ALARM", None, "handover_alarm", None),
        ("FIN_BRIDGE_HANDOVER_ALARM", 5, "handover_alarm", timedelta(seconds=5)),
        ("FIN_BRIDGE_PUBLIC_URL", "https://desk/", "public_url", "https://desk"),
    ],
)
def test_a_setting_is_read_at_each_use(
    settings: Settings, name: str, value: Any, read: str, result: Any
) -> None:
    setattr(settings, name, value)
    assert getattr(conf, read) == result


def test_what_is_not_set_has_a_default() -> None:
    assert (conf.settle, conf.lease) == (timedelta(seconds=0.5), timedelta(seconds=60))
    assert (conf.in_flight, conf.sync_queue) == (10, None)


def test_misspelled_settings_are_seen(settings: Settings) -> None:
    settings.FIN_BRIDGE_LEESE = 5
    assert "FIN_BRIDGE_LEESE" in conf.given
