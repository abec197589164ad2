"""Clients of a helpdesk, as the simulated Fin has them, for tests."""

from fin_bridge.testing.simulator.client import HelpdeskClient
from fin_bridge.testing.simulator.journal import Journal
from fin_bridge.testing.simulator.tokens import (
    ClientCredentials,
    Tokens,
)
from tests.support.contract_helpdesk import (
    CLIENT_ID,
    CLIENT_SECRET,
    SIGNING_KEY,
    Answer,
    ContractHelpdesk,
)


def credentials(helpdesk: ContractHelpdesk, secret: str = CLIENT_SECRET) -> ClientCredentials:
    return ClientCredentials(f"{helpdesk.url}/oauth/token/", CLIENT_ID, secret, timeout=5)


def client_of(helpdesk: ContractHelpdesk, tokens: Tokens, journal: Journal) -> HelpdeskClient:
    return HelpdeskClient(helpdesk.url, helpdesk.dialect, tokens, SIGNING_KEY, journal, timeout=5)


def broken(body: bytes, content_type: str = "application/json", status: int = 200) -> Answer:
    return status, {"Content-Type": content_type}, body
