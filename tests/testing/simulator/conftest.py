"""The simulated Fin's client of a helpdesk, and its journal."""

import pytest

from fin_bridge.testing.simulator.client import HelpdeskClient
from fin_bridge.testing.simulator.journal import Journal
from tests.support.contract_helpdesk import ContractHelpdesk
from tests.support.helpdesk_client import client_of, credentials


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def client(helpdesk: ContractHelpdesk, journal: Journal) -> HelpdeskClient:
    return client_of(helpdesk, credentials(helpdesk), journal)
