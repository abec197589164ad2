import json
from pathlib import Path

import pytest

from fin_bridge.testing.simulator.client import CallError, HelpdeskClient
from fin_bridge.testing.simulator.journal import Journal
from fin_bridge.testing.simulator.tokens import (
    StaticToken,
    TokenError,
)
from tests.support.contract_helpdesk import (
    ContractHelpdesk,
)
from tests.support.helpdesk_client import broken, client_of, credentials


def test_a_call_is_authenticated_signed_and_written_down(
    client: HelpdeskClient, helpdesk: ContractHelpdesk, journal: Journal
) -> None:
    agents = client.call("get_agents")
    assert [agent["id"] for agent in agents] == ["a1", "a2", "a3"]
    assert helpdesk.complaints == []
    (call,) = journal.calls
    assert (call.operation, call.status, call.problems, call.error) == ("get_agents", 200, (), "")
    assert journal.violations == []


def test_awkward_ids_are_signed_as_they_are_sent(
    client: HelpdeskClient, helpdesk: ContractHelpdesk
) -> None:
    awkward = "a/b c&d=e+f%g~ü\ud800"
    with pytest.raises(CallError) as caught:
        client.call("get_messages", {"conversation_id": "c1", "after_id": awkward})
    assert caught.value.status == 404
    assert helpdesk.complaints == []
    assert helpdesk.calls[0][1]["after_id"] == "a/b c&d=e+f%g~ü?"


@pytest.mark.parametrize("status", [401, 403])
def test_the_token_is_refreshed_once_and_the_request_repeated(
    client: HelpdeskClient, helpdesk: ContractHelpdesk, journal: Journal, status: int
) -> None:
    helpdesk.failures.append(("get_agents", status))
    assert client.call("get_agents") == helpdesk.agents
    assert helpdesk.tokens_issued == 2
    assert [call.status for call in journal.calls] == [status, 200]


def test_the_request_is_not_repeated_twice(
    client: HelpdeskClient, helpdesk: ContractHelpdesk
) -> None:
    helpdesk.failures.extend([("get_agents", 401)] * 3)
    with pytest.raises(CallError) as caught:
        client.call("get_agents")
    assert caught.value.status == 401
    assert len(helpdesk.calls) == 2


def test_a_helpdesk_that_is_not_there_is_no_violation(journal: Journal) -> None:
    with ContractHelpdesk("rest") as gone:
        pass
    with pytest.raises(CallError) as caught:
        client_of(gone, StaticToken("t"), journal).call("get_agents")
    assert caught.value.status is None
    assert journal.calls[0].error
    assert journal.violations == []
    with pytest.raises(TokenError, match="cannot be reached"):
        credentials(gone).current()


def test_a_redirect_is_not_followed(
    client: HelpdeskClient, helpdesk: ContractHelpdesk, journal: Journal
) -> None:
    helpdesk.tamper = lambda _operation, _answer: (302, {"Location": helpdesk.url}, b"{}")
    with pytest.raises(CallError):
        client.call("get_agents")
    assert [call.status for call in journal.calls] == [302]
    assert helpdesk.complaints == []


def test_the_environment_of_the_user_is_ignored(
    client: HelpdeskClient,
    helpdesk: ContractHelpdesk,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    assert client.call("get_agents") == helpdesk.agents


def test_an_unusable_answer_fails_and_is_a_violation(
    client: HelpdeskClient, helpdesk: ContractHelpdesk, journal: Journal
) -> None:
    helpdesk.tamper = lambda _operation, _answer: broken(b"<html>")
    with pytest.raises(CallError, match="is no JSON"):
        client.call("get_agents")
    assert [violation.where for violation in journal.violations] == ["get_agents"]


def test_a_wrong_form_is_a_violation_but_does_not_fail(
    client: HelpdeskClient, helpdesk: ContractHelpdesk, journal: Journal
) -> None:
    helpdesk.tamper = lambda _operation, answer: broken(answer[2], "text/html")
    assert client.call("get_agents") == helpdesk.agents
    assert [str(violation) for violation in journal.violations] == [
        "get_agents: content type: text/html instead of application/json"
    ]


def test_an_answer_about_something_else_is_a_violation(
    client: HelpdeskClient, helpdesk: ContractHelpdesk, journal: Journal
) -> None:
    user = {"id": "other", "user_type": "end_user"}
    body = json.dumps(user if helpdesk.dialect == "rest" else {"data": user}).encode()
    helpdesk.tamper = lambda _operation, _answer: broken(body)
    wanted = helpdesk.add_user("Ada", None)["id"]
    client.call("get_user", {"user_id": wanted})
    assert [violation.problem for violation in journal.violations] == [
        f"$.id: other instead of {wanted}"
    ]
