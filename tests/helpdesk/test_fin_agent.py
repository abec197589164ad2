"""The agent as which Fin acts."""

import pytest
from pytest_django import Settings

from fin_bridge.conf import conf
from fin_bridge.helpdesk import fin_agent


@pytest.mark.django_db
def test_fins_agent_is_set_or_learned_once(settings: Settings) -> None:
    integration = conf.integration("default")
    assert fin_agent.agent_id(integration) == ""
    fin_agent.learn(integration, "7")
    fin_agent.learn(integration, "8")
    assert fin_agent.agent_id(integration) == "7"
    settings.FIN_BRIDGE_INTEGRATIONS = {"default": {"AGENT_ID": 9}}
    integration = conf.integration("default")
    fin_agent.learn(integration, "8")
    assert fin_agent.agent_id(integration) == "9"
