from __future__ import annotations

import re

import pytest

from fin_bridge.models import FinCall
from tests.support.delivery_log import NOON, ago, get, operator

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.delivery_log"),
    pytest.mark.usefixtures("noon"),
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["create_message", "get_user"]),
        ("answer=refused", ["create_message"]),
        ("answer=answered", ["get_user"]),
        ("day=today", ["create_message"]),
        ("day=2026-11-20", ["get_user"]),
        ("q=7", ["create_message"]),
        ("integration=default", ["create_message"]),
    ],
)
def test_the_calls_of_fin(query: str, found: list[str]) -> None:
    client = operator("view_fincall")
    call = {"at": NOON, "integration": "default", "conversation_id": "7", "duration": 3}
    FinCall.objects.create(
        **call, operation="create_message", status=422, detail="Neither body nor attachments."
    )
    FinCall.objects.create(at=ago(days=2), operation="get_user", status=200, duration=3)
    page = get(client, f"/admin/fin_bridge/fincall/?{query}")
    assert sorted(re.findall(r'field-operation">(\w+)<', page)) == found
    if "create_message" in found:
        assert "422" in page
        assert "Neither body nor attachments." in page
