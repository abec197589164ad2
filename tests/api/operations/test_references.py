"""Creates are idempotent: repeated, at the same moment, and under ids of any length."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from fin_bridge.models import FinReference
from helpdesk_demo.models import Customer, Reply, Ticket
from tests.support.fin_caller import Caller

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_repeated_create_is_answered_like_the_first(caller: Caller, customer: Customer) -> None:
    first = caller.opens(str(customer.pk), title="Fire")
    Reply.objects.create(ticket=Ticket.objects.get(), body="<p>Soon.</p>")
    assert caller.opens(str(customer.pk), title="Water") == first
    assert Ticket.objects.count() == 1
    assert FinReference.objects.count() == 2


def test_its_message_is_found_under_fins_id_too(caller: Caller, customer: Customer) -> None:
    made = caller.opens(str(customer.pk))
    again = caller.ask(
        "create_message",
        conversation_id=made["conversation"]["id"],
        object_id="conv-1-first",
        body="<p>My printer burns.</p>",
        author={"id": str(customer.pk), "user_type": "end_user"},
    )
    assert again == made["message"]
    assert not Reply.objects.exists()


def test_a_first_message_whose_id_was_used_before_is_no_reason_to_fail(
    caller: Caller, customer: Customer
) -> None:
    one = caller.opens(str(customer.pk), object_id="one", message={"object_id": "same"})
    two = caller.opens(str(customer.pk), object_id="two", message={"object_id": "same"})
    assert two["message"]["conversation_id"] == two["conversation"]["id"]
    assert two["message"]["id"] != one["message"]["id"]


def test_many_at_once_make_one(caller: Caller, customer: Customer) -> None:
    with ThreadPoolExecutor(64) as pool:
        made = list(pool.map(lambda _: caller.opens(str(customer.pk)), range(64)))
    assert all(one == made[0] for one in made)
    assert Ticket.objects.count() == 1
    assert FinReference.objects.count() == 2


@pytest.mark.parametrize("object_id", ["x" * 255, "x" * 256, "é" * 5000])
def test_ids_of_fin_may_be_of_any_length(caller: Caller, statuses: object, object_id: str) -> None:
    first = caller.ask("create_user", object_id=object_id, name="Bob", email=None)
    assert caller.ask("create_user", object_id=object_id, name="Bob", email=None) == first
    other = caller.ask("create_user", object_id=object_id + "y", name="Bob", email=None)
    assert other["id"] != first["id"]
