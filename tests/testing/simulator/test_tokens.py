import pytest

from fin_bridge.testing.simulator.client import CallError, HelpdeskClient
from fin_bridge.testing.simulator.journal import Journal
from fin_bridge.testing.simulator.tokens import (
    ClientCredentials,
    StaticToken,
    TokenError,
)
from tests.support.contract_helpdesk import (
    Answer,
    ContractHelpdesk,
)
from tests.support.helpdesk_client import broken, client_of, credentials


def test_the_token_is_fetched_once(client: HelpdeskClient, helpdesk: ContractHelpdesk) -> None:
    client.call("get_agents")
    client.call("get_agents")
    assert helpdesk.tokens_issued == 1


def test_a_revoked_token_is_replaced(client: HelpdeskClient, helpdesk: ContractHelpdesk) -> None:
    client.call("get_agents")
    helpdesk.tokens.clear()
    assert client.call("get_agents") == helpdesk.agents


def test_a_token_that_another_thread_has_replaced_is_not_fetched_again(
    helpdesk: ContractHelpdesk,
) -> None:
    tokens = credentials(helpdesk)
    stale = tokens.current()
    fresh = tokens.refresh(stale)
    assert tokens.refresh(stale) == fresh != stale
    assert helpdesk.tokens_issued == 2


def test_a_static_token_is_sent_and_never_refreshed(
    helpdesk: ContractHelpdesk, journal: Journal
) -> None:
    helpdesk.tokens = {"by-hand"}
    assert client_of(helpdesk, StaticToken("by-hand"), journal).call("get_agents")
    with pytest.raises(CallError) as caught:
        client_of(helpdesk, StaticToken("wrong"), journal).call("get_agents")
    assert caught.value.status == 401
    assert [call.status for call in journal.calls] == [200, 401]


def test_a_wrong_secret_is_a_violation(helpdesk: ContractHelpdesk, journal: Journal) -> None:
    with pytest.raises(CallError, match="the token endpoint answered 401"):
        client_of(helpdesk, credentials(helpdesk, "wrong"), journal).call("get_agents")
    (violation,) = journal.violations
    assert str(violation) == "token: the token endpoint answered 401"
    assert helpdesk.calls == []


def test_id_and_secret_are_form_encoded(helpdesk: ContractHelpdesk) -> None:
    # RFC 6749, section 2.3.1; a secret with a colon or a plus sign needs it.
    helpdesk.token_answer = broken(b'{"access_token": "t", "token_type": "bearer"}')
    assert ClientCredentials(f"{helpdesk.url}/oauth/token/", "a:b", "c+ü", 5).current() == "t"
    # printf 'a%%3Ab:c%%2B%%C3%%BC' | base64
    assert helpdesk.authorizations == ["Basic YSUzQWI6YyUyQiVDMyVCQw=="]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (broken(b"<html>"), "no JSON"),
        (broken(b"[]"), "no bearer token"),
        (broken(b'{"access_token": "t"}'), "no bearer token"),
        (broken(b'{"access_token": "t", "token_type": "mac"}'), "no bearer token"),
        (broken(b'{"access_token": 1, "token_type": "Bearer"}'), "no bearer token"),
        (broken(b"", status=302), "answered 302"),
    ],
)
def test_an_answer_without_a_token_is_refused(
    helpdesk: ContractHelpdesk, answer: Answer, why: str
) -> None:
    helpdesk.token_answer = answer
    with pytest.raises(TokenError, match=why):
        credentials(helpdesk).current()
