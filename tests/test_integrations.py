"""An integration has an address for events, and keys that are read at each use."""

from __future__ import annotations

from typing import Any

import pytest

from fin_bridge.integrations import Integration


@pytest.mark.parametrize(
    ("options", "address"),
    [
        (
            {"ID": "i", "REGION": "EU"},
            "https://api.eu.intercom.io/hooks/standalone/custom_helpdesk_conversation_event/i",
        ),
        (
            {"ID": "i", "REGION": "EU", "EVENTS_URL": "http://fin/"},
            "http://fin/custom_helpdesk_conversation_event/i",
        ),
        ({"ID": "i", "REGION": "MOON"}, ""),
        ({}, ""),
    ],
)
def test_events_go_to_a_region_or_to_an_address_of_ones_own(
    options: dict[str, Any], address: str
) -> None:
    assert Integration("default", options).events_url == address


def test_a_key_may_be_read_at_each_use() -> None:
    keys = iter(["old", "new"])
    integration = Integration("default", {"WEBHOOK_KEYS": [lambda: next(keys), "fixed"]})
    assert integration.webhook_keys == ("old", "fixed")
    assert integration.webhook_keys == ("new", "fixed")


def test_an_integration_shows_no_key_in_a_traceback() -> None:
    assert "secret" not in repr(Integration("default", {"WEBHOOK_KEYS": ["secret"]}))
