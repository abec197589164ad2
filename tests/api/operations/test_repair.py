"""An opening is mended where other input is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import current
from fin_bridge.models import Kept
from helpdesk_demo.models import Customer
from tests.support.fin_caller import Caller

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_can_be_mended_is(caller: Caller, customer: Customer) -> None:
    made = caller.opens(
        str(customer.pk),
        title="x" * 5000 + "\x00",
        attributes={"a\x00": ["b\x00"]},
        message={"body": "<p>a\x00b</p>"},
    )
    assert made["conversation"]["title"] == "x" * 200
    assert made["conversation"]["attributes"] == {"a": ["b"]}
    assert made["message"]["body"] == "<p>ab</p>"


def test_half_a_surrogate_pair_is_mended(rest: Caller, customer: Customer) -> None:
    body = (
        b'{"object_id": "c", "user_id": "%d", "title": "a\\ud800b", "initial_message":'
        b' {"object_id": "m", "body": "\\udfff!",'
        b' "author": {"id": "1", "user_type": "end_user"}}}' % customer.pk
    )
    answer = rest.send("create_conversation", "POST", "/conversation", body=body)
    assert answer.status == 201
    assert answer.data["conversation"]["title"] == "ab"
    assert answer.data["message"]["body"] == "!"


@pytest.mark.parametrize("error", [RefusedError, IntegrityError])
def test_what_the_helpdesk_does_not_take_is_kept(
    caller: Caller, customer: Customer, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    conversations = current().conversations
    create = conversations.create

    def particular(new: Any, *rest: Any) -> Any:
        if new.attributes:
            raise error("no attributes")
        return create(new, *rest)

    monkeypatch.setattr(conversations, "create", particular)
    made = caller.opens(str(customer.pk), title="Fire", attributes={"a": 1})
    assert made["conversation"]["title"] == "Fire"
    assert made["conversation"]["attributes"] == {"a": 1}
    assert Kept.objects.get().values == {"attributes": {"a": 1}}
