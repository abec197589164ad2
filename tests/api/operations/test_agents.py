"""The list of agents, of whom one is chosen to act as Fin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from fin_bridge.models import IntegrationState
from helpdesk_demo.models import StaffProfile
from tests.support.fin_caller import Caller, let_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def zoe(sarah: User) -> User:
    """Another agent."""
    zoe = User.objects.create_user("zoe", "zoe@example.com", is_staff=True)
    StaffProfile.objects.create(user=zoe, alias="Z", portrait_url="https://example.com/z.png")
    return zoe


@pytest.fixture
def gone(sarah: User) -> User:
    """One who has left."""
    return User.objects.create_user("gone", is_staff=True, is_active=False)


def test_agents_are_listed_with_all_that_is_known(
    caller: Caller, sarah: User, zoe: User, gone: User
) -> None:
    alias = "alias" if caller.dialect == "rest" else "alias_name"
    assert caller.ask("get_agents") == [
        {
            "id": str(sarah.pk),
            "user_type": "agent",
            "name": "Sarah Lee",
            "email": "sarah@example.com",
            "photo_url": None,
            alias: None,
        },
        {
            "id": str(zoe.pk),
            "user_type": "agent",
            "name": "zoe",
            "email": "zoe@example.com",
            "photo_url": "https://example.com/z.png",
            alias: "Z",
        },
    ]


def test_there_may_be_none(caller: Caller, statuses: object) -> None:
    assert caller.ask("get_agents") == []


def ids(caller: Caller) -> list[str]:
    return [agent["id"] for agent in caller.ask("get_agents")]


def test_fins_own_comes_first(caller: Caller, sarah: User, zoe: User, settings: Settings) -> None:
    IntegrationState.objects.create(integration="default", agent_id=str(zoe.pk))
    assert ids(caller) == [str(zoe.pk), str(sarah.pk)]
    let_in(settings, AGENT_ID=str(sarah.pk))
    assert ids(caller) == [str(sarah.pk), str(zoe.pk)]


def test_the_staff_may_be_withheld(
    caller: Caller, sarah: User, zoe: User, settings: Settings
) -> None:
    settings.FIN_BRIDGE_SHOW_STAFF = False
    assert ids(caller) == []
    let_in(settings, AGENT_ID=str(zoe.pk))
    assert ids(caller) == [str(zoe.pk)]


def test_an_agent_of_the_settings_who_is_none_is_not_listed(
    caller: Caller, sarah: User, gone: User, settings: Settings
) -> None:
    let_in(settings, AGENT_ID=str(gone.pk))
    assert ids(caller) == [str(sarah.pk)]
