"""The whole description, and the setting that names it."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from fin_bridge.exceptions import ConfigurationError
from fin_bridge.helpdesk import Helpdesk, current
from helpdesk_demo import fin as demo

pytestmark = pytest.mark.django_db


def test_a_helpdesk_needs_each_part_once() -> None:
    with pytest.raises(ConfigurationError, match="Conversations, not 0"):
        Helpdesk(demo.Customers, demo.Staff, demo.Replies)
    with pytest.raises(ConfigurationError, match="Agents, not 2"):
        Helpdesk(demo.Customers, demo.Staff, demo.Staff, demo.Tickets, demo.Replies)
    with pytest.raises(ConfigurationError, match="Messages"):
        Helpdesk(demo.Customers, demo.Staff, demo.Tickets)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("", "must name"),
        ("nowhere.at_all", "cannot be imported"),
        ("helpdesk_demo.fin.missing", "cannot be imported"),
        ("helpdesk_demo.fin.Tickets", "is no Helpdesk"),
    ],
)
def test_a_wrong_setting_is_named(settings: Settings, path: str, text: str) -> None:
    settings.FIN_BRIDGE_HELPDESK = path
    with pytest.raises(ConfigurationError, match=text):
        current()
