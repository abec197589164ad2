"""Models that share rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser, User
from django.db import models
from django.test.utils import isolate_apps

from fin_bridge.helpdesk.django.inheritance import is_plain, is_same, keys, same_row
from helpdesk_demo.models import Customer, Ticket


def test_a_proxy_is_of_its_models_rows_and_a_stranger_is_not() -> None:
    with isolate_apps("helpdesk_demo"):

        class Urgent(Ticket):
            class Meta:
                proxy = True
                app_label = "helpdesk_demo"

        assert is_same(Urgent, Ticket)
        assert is_same(Ticket, Urgent)
    assert not is_same(Customer, Ticket)
    assert not is_same("Ticket", Ticket)
    assert not is_same(AbstractUser, User)
    assert Ticket in same_row(Ticket)
    assert Customer not in same_row(Ticket)


def test_a_childs_key_leads_to_its_parents() -> None:
    with isolate_apps("helpdesk_demo"):

        class Special(Ticket):
            class Meta:
                app_label = "helpdesk_demo"

        assert [field.name for field in keys(Special)] == ["ticket_ptr", "id"]
    assert [field.name for field in keys(Ticket)] == ["id"]


def test_a_property_in_place_of_a_column_is_not_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    column: Any = Ticket._meta.get_field("subject")
    relation: models.Field[Any, Any] = Ticket._meta.get_field("customer")
    assert is_plain(Ticket, column)
    assert is_plain(Ticket, relation)
    monkeypatch.setattr(Ticket, "subject", property(lambda ticket: "x"))
    assert not is_plain(Ticket, column)
