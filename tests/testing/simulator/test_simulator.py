import subprocess
import sys
import threading

import pytest
import requests

from fin_bridge.testing import Conversation, FinSimulator
from tests.support.contract_helpdesk import ContractHelpdesk, post_event
from tests.support.contract_helpdesk import simulator as make
from tests.support.simulated_fin import SYNC, settle, synced, typing, written


def test_events_are_debounced(helpdesk: ContractHelpdesk) -> None:
    with make(helpdesk, debounce=0.3) as fin:
        conversation = written(fin)
        helpdesk.calls.clear()
        for _ in range(5):
            post_event(fin, {"conversation_id": conversation.id})
        settle(fin)
    assert helpdesk.operations() == [*SYNC, "update_conversation"]


def test_a_sync_that_goes_on_failing_is_given_up(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.calls.clear()
    helpdesk.failures.extend([("get_conversation", 503)] * 6)
    synced(fin, conversation)
    assert helpdesk.operations() == ["get_conversation"] * 6
    assert "failed 6 times" in fin.notes[-1].text
    synced(fin, conversation)
    assert helpdesk.operations()[-1] == "update_conversation"


def test_typing_in_an_unknown_conversation_is_ignored(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    unknown = Conversation(None, threading.RLock(), lambda _conversation: None)
    unknown.id = "c99"
    typing(fin, unknown)
    assert fin.is_idle
    assert fin.conversations == []


def test_an_answer_that_breaks_the_contract_is_a_violation(
    fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    conversation = written(fin)
    helpdesk.conversations[str(conversation.id)]["created_at"] = "yesterday"
    synced(fin, conversation)
    assert {violation.where for violation in fin.violations} == {"get_conversation"}
    assert "'yesterday' is not a 'date-time'" in fin.violations[0].problem


def test_downloads_go_through_the_host_map(helpdesk: ContractHelpdesk) -> None:
    with make(helpdesk) as fin:
        public = {"https://invented.example": fin.url}
        with make(helpdesk, map_hosts=public) as mapped:
            assert mapped.download("https://invented.example/messenger/app.js")
            with pytest.raises(requests.HTTPError):
                mapped.download("https://invented.example/nothing")


def test_waiting_in_vain_says_what_went_wrong(fin: FinSimulator) -> None:
    with pytest.raises(TimeoutError, match="nothing went wrong"):
        fin.wait_for(lambda: False, timeout=0.02)
    post_event(fin, b"{")
    with pytest.raises(TimeoutError, match="event: the body is no JSON"):
        fin.wait_for(lambda: False, timeout=0.02)


def test_a_port_that_is_taken_is_an_error(helpdesk: ContractHelpdesk, fin: FinSimulator) -> None:
    with pytest.raises(OSError, match="in use"):
        make(helpdesk, port=int(fin.url.rpartition(":")[2])).start()


def test_a_static_token_will_do(helpdesk: ContractHelpdesk) -> None:
    helpdesk.tokens = {"by-hand"}
    with make(helpdesk, token="by-hand", client_id="", client_secret="") as fin:
        assert written(fin).id
    assert helpdesk.tokens_issued == 0


@pytest.mark.exhaustive
def test_the_kit_needs_neither_django_nor_the_bridge() -> None:
    code = (
        "import sys, fin_bridge.testing.__main__;"
        "bad = [m for m in sys.modules if m.partition('.')[0] in {'django', 'celery'} or"
        " m.startswith('fin_bridge.') and not m.startswith('fin_bridge.testing')];"
        "sys.exit(str(bad) if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
