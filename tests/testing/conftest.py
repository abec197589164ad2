"""A simulated Fin and a helpdesk that keeps to the contract, in each dialect."""

from collections.abc import Iterator

import pytest

from fin_bridge.testing import FinSimulator
from fin_bridge.testing.contract import DIALECTS
from tests.support.contract_helpdesk import ContractHelpdesk
from tests.support.contract_helpdesk import simulator as make


@pytest.fixture(params=DIALECTS)
def helpdesk(request: pytest.FixtureRequest) -> Iterator[ContractHelpdesk]:
    with ContractHelpdesk(request.param) as found:
        yield found
        assert found.complaints == []


@pytest.fixture
def fin(helpdesk: ContractHelpdesk) -> Iterator[FinSimulator]:
    with make(helpdesk) as found:
        yield found
