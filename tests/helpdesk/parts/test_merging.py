"""What a merged end user or conversation lives on as, by the hook of the host."""

from __future__ import annotations

from typing import Any

import pytest

from fin_bridge import helpdesk as fin
from fin_bridge.helpdesk import Helpdesk
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Customer

pytestmark = pytest.mark.django_db


class Customers(demo.Customers):
    """A company that is named after the id of another customer is where that customer lives on."""

    def merged_into(self, local_id: str, obj: Any | None) -> Any | None:
        name = obj.company if obj is not None else f"gone {local_id}"
        return Customer.objects.filter(full_name=name).first() if name else None


desk = fin.Helpdesk(Customers, demo.Staff, demo.Tickets, demo.Openings, demo.Replies)


def make(name: str, merged_into: str = "") -> Customer:
    return Customer.objects.create(full_name=name, company=merged_into)


def test_nobody_is_merged_unless_the_host_says_so() -> None:
    part = Helpdesk(demo.Customers, demo.Staff, demo.Tickets, demo.Replies).end_users
    ada = make("Ada")
    assert part.living(str(ada.pk), ada) is ada
    assert part.living("7", None) is None


def test_the_last_of_a_chain_lives_on() -> None:
    first, _, last = make("A", "B"), make("B", "C"), make("C")
    assert desk.end_users.living(str(first.pk), first) == last
    assert desk.end_users.living(str(last.pk), last) is last


def test_an_id_may_lead_on_when_its_row_is_gone() -> None:
    heir = make("gone 7")
    assert desk.end_users.living("7", None) == heir
    assert desk.end_users.living("8", None) is None


def test_who_goes_in_a_circle_stays() -> None:
    first, second = make("A", "B"), make("B", "A")
    assert desk.end_users.living(str(first.pk), first) is first
    assert desk.end_users.living(str(second.pk), second) is second
