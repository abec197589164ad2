"""Content types that Django falls over: our doors answer them, whatever server there is."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from fin_bridge.content_types import is_unreadable

BAD = [
    "application/json; charset*=nope''x",
    "application/json; a*=nope''x",
    "application/json; charset*=utf-8''%00",
    "application/json; charset*=utf-8''nope",
]
GOOD = ["", "application/json", "application/json; charset=nope", "*/*; charset*=utf-8''utf-8"]


@pytest.mark.parametrize("content_type", BAD)
def test_what_django_cannot_read_is_as_good_as_none(
    content_type: str, settings: object, db: None
) -> None:
    assert is_unreadable(content_type)
    answer = Client().post("/api/fin/get_agents", b"{}", content_type=content_type)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("content_type", GOOD)
def test_all_others_are_left_alone(content_type: str) -> None:
    assert not is_unreadable(content_type)


@pytest.mark.django_db(transaction=True)
def test_nor_does_it_fall_over_them_under_asgi() -> None:
    post = async_to_sync(AsyncClient().post)
    assert post("/api/fin/get_agents", b"{}", content_type=BAD[0]).status_code == 401
