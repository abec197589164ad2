"""Loading, updating and creating end users, in both dialects."""

from __future__ import annotations

import pytest

from fin_bridge import helpdesk
from fin_bridge.exceptions import RefusedError
from fin_bridge.models import FinReference, Kept
from helpdesk_demo.models import Customer, Ticket
from tests.support.fin_caller import Caller

pytestmark = pytest.mark.django_db(transaction=True)


UNKNOWN = ["999", "abc", "-1", "01", " 1", "1.0", "1" * 5000, "💥", "None", "../1"]


def test_an_end_user_is_loaded(caller: Caller, customer: Customer) -> None:
    assert caller.ask("get_user", user_id=str(customer.pk)) == {
        "id": str(customer.pk),
        "user_type": "end_user",
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "photo_url": None,
        "attributes": {"plan": "pro", "company": ""},
    }


def test_an_unknown_end_user_is_not_found(
    caller: Caller, customer: Customer, subtests: pytest.Subtests
) -> None:
    for operation in ("get_user", "update_user"):
        for user_id in UNKNOWN:
            with subtests.test(operation, user_id=user_id[:10]):
                assert caller.refused(operation, user_id=user_id)[0] == 404


def test_attributes_merge_and_null_removes(caller: Caller, customer: Customer) -> None:
    user_id = str(customer.pk)
    caller.ask("update_user", user_id=user_id, attributes={"plan": "free", "vip": True, "x": [1]})
    answer = caller.ask("update_user", user_id=user_id, attributes={"x": None, "company": "Acme"})
    assert answer["attributes"] == {"plan": "free", "company": "Acme", "vip": True}
    assert caller.ask("get_user", user_id=user_id) == answer
    customer.refresh_from_db()
    assert (customer.plan, customer.company) == ("free", "Acme")
    assert Kept.objects.get().values == {"attributes": {"vip": True}}


def test_an_update_without_attributes_changes_nothing(caller: Caller, customer: Customer) -> None:
    before = caller.ask("get_user", user_id=str(customer.pk))
    assert caller.ask("update_user", user_id=str(customer.pk)) == before


def test_an_end_user_is_created_once(caller: Caller, statuses: object) -> None:
    first = caller.call("create_user", object_id="u-1", name="Bob", email="bob@example.com")
    again = caller.call("create_user", object_id="u-1", name="Robert", email=None)
    assert (first.status, again.status) == (201, 201)
    assert first.data == again.data
    assert (first.data["name"], first.data["email"]) == ("Bob", "bob@example.com")
    assert Customer.objects.count() == 1


def test_a_known_address_makes_nobody_somebody_else(caller: Caller, ticket: Ticket) -> None:
    made = caller.ask("create_user", object_id="u-1", name="Ada", email="ada@example.com")
    assert made["id"] != str(ticket.customer_id)


def test_an_end_user_is_known_by_the_id_that_fin_gave(caller: Caller, statuses: object) -> None:
    made = caller.ask("create_user", object_id="u-1", name="Bob", email=None)
    assert FinReference.objects.get().local_id == made["id"]
    assert caller.ask("get_user", user_id="u-1") == made


def test_an_address_that_the_helpdesk_does_not_take_is_kept(
    caller: Caller, statuses: object
) -> None:
    made = caller.ask("create_user", object_id="u-1", name="Bob", email="not an address")
    assert made["email"] == "not an address"
    assert caller.ask("get_user", user_id=made["id"]) == made
    assert Customer.objects.get().email == ""


def test_what_is_not_known_of_somebody_is_null(caller: Caller, statuses: object) -> None:
    made = caller.ask("create_user", object_id="u-1")
    assert (made["name"], made["email"]) == (None, None)


def test_a_create_for_somebody_deleted_makes_another(caller: Caller, statuses: object) -> None:
    first = caller.ask("create_user", object_id="u-1", name="Bob", email=None)
    Customer.objects.all().delete()
    again = caller.call("create_user", object_id="u-1", name="Bob", email=None)
    assert (again.status, again.data["name"]) == (201, "Bob")
    assert again.data["id"] != first["id"]


def test_what_the_helpdesk_refuses_altogether_is_a_400(
    caller: Caller, statuses: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RefusedError("No more customers, please.")

    monkeypatch.setattr(helpdesk.current().end_users, "create", refuse)
    answer = caller.refused("create_user", object_id="u-1", name="Bob", email="bob@example.com")
    assert answer == (400, "No more customers, please.")
    assert not FinReference.objects.exists()
