"""How much of what strangers do is written down."""

from __future__ import annotations

import pytest

from fin_bridge.api import call_log
from fin_bridge.models import FinCall
from tests.support.fin_caller import Caller

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_flood_of_strangers_is_no_flood_of_rows(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [30.0]
    monkeypatch.setattr(call_log, "allowance", call_log.Allowance(lambda: moments[-1]))
    monkeypatch.setattr(call_log, "MOST_STRANGERS", 3)
    wire, right = caller.operation("get_agents"), caller.signing_key
    for _ in range(10):
        caller.signing_key = "a key of somebody else"
        assert caller.send("get_agents", wire.method, wire.path).status == 401
    assert FinCall.objects.count() == 3
    caller.signing_key = right
    assert caller.call("get_agents").status == 200
    assert caller.call("get_conversation", conversation_id="none").status == 404
    assert FinCall.objects.count() == 5, "Fin's own calls are noted, refused or not"
    caller.signing_key = "a key of somebody else"
    for moment in (59.0, 60.0, 61.0):
        moments.append(moment)
        assert caller.send("get_agents", wire.method, wire.path).status == 401
    details = list(FinCall.objects.order_by("pk").values_list("detail", flat=True))[5:]
    wrong = "The signature is wrong."
    assert details == [f"{wrong} (8 more before it were not noted.)", wrong]
