"""End users and agents."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, User

from fin_bridge.helpdesk import Helpdesk
from fin_bridge.records import (
    Agent,
)
from helpdesk_demo.models import (
    Customer,
)

pytestmark = pytest.mark.django_db


def test_an_agent_without_a_name_is_shown_by_login(desk: Helpdesk, sarah: User) -> None:
    sarah.first_name = sarah.last_name = ""
    assert desk.agents.record(sarah) == Agent(str(sarah.pk), "sarah", "sarah@example.com")


def test_only_staff_are_agents(desk: Helpdesk, sarah: User) -> None:
    outsider = User.objects.create_user("outsider")
    assert desk.agents.for_user(sarah) == sarah
    assert desk.agents.for_user(outsider) is None
    assert desk.agents.for_user(AnonymousUser()) is None
    assert desk.agents.for_user(Customer()) is None
    assert desk.agents.find(str(outsider.pk)) is None
