"""A value that the helpdesk does not take costs itself alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.api.operations.value_writes import Written, put_each
from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import Context, Part
from fin_bridge.models import Event, FinCall, Kept
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Customer, Ticket
from tests.support.fin_caller import Caller

pytestmark = pytest.mark.django_db(transaction=True)


class Tickets(demo.Tickets):
    """A helpdesk with opinions on titles, and a fault of its own."""

    attributes = {"colour": "subject", "plan": "customer.plan"}

    def set_title(self, obj: Ticket, value: str | None, context: fin.Context) -> set[str]:
        if value == "fault":
            raise LookupError("a fault of the host's")
        if value == "lock":
            raise OperationalError("deadlock")
        obj.subject = value or ""
        if value and len(value) > 10:
            raise RefusedError("Too long.")
        return {"subject"}

    def set_attributes(self, obj: Ticket, value: Any, context: fin.Context) -> set[str]:
        if "colour" in value:
            raise RefusedError("No colours.")
        obj.description = str(value)
        return {"description"}


desk = fin.Helpdesk(demo.Customers, demo.Staff, Tickets, demo.Openings, demo.Replies)
NOBODY = Context("default")


def put_each_in_a_call(ticket: Ticket, values: dict[str, Any]) -> Written:
    with transaction.atomic():  # as in each call of Fin's
        return put_each(desk.conversations, ticket, values, NOBODY)


@pytest.fixture(autouse=True)
def _described(settings: Settings) -> None:
    settings.FIN_BRIDGE_HELPDESK = "tests.api.operations.test_value_writes.desk"


def test_all_is_written_at_once_where_nothing_is_refused(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    puts: list[Any] = []
    put = Part.put

    def noted(part: Part, obj: Any, values: Any, context: Context) -> bool:
        puts.append(values)
        return put(part, obj, values, context)

    monkeypatch.setattr(Part, "put", noted)
    values = {"title": "Hot", "tags": ["a"]}
    written = put_each_in_a_call(ticket, values)
    assert (written.obj, written.stands, written.refused) == (ticket, True, ())
    assert puts == [values]


def test_each_refused_value_is_named_and_the_others_stand(ticket: Ticket) -> None:
    attributes = {"colour": "red", "size": 3, "weight": 4}
    values = {"title": "x" * 20, "tags": ["a"], "status": "closed", "attributes": attributes}
    written = put_each_in_a_call(ticket, values)
    assert written.refused == ("title (Too long.)", "attribute colour (No colours.)")
    found = Ticket.objects.get()
    assert found.subject == written.obj.subject == "Printer"
    assert (found.status.slug, found.labels.get().name) == ("archived", "a")
    assert found.description == "{'weight': 4}"


def test_what_does_not_stand_is_told_with_what_was_refused(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tickets, "save", lambda *given: bool(demo.Tickets.save(*given)) and False)
    values = {"title": "x" * 20, "status": "closed"}
    written = put_each_in_a_call(ticket, values)
    assert (written.stands, len(written.refused)) == (False, 1)


def test_a_fault_of_the_hosts_is_logged_and_a_deadlock_is_not_its_fault(
    ticket: Ticket, caplog: pytest.LogCaptureFixture
) -> None:
    written = put_each_in_a_call(ticket, {"title": "fault"})
    assert written.refused == ("title (a fault of the host's)",)
    assert "a fault of the host's" in caplog.text
    with pytest.raises(OperationalError):
        put_each_in_a_call(ticket, {"title": "lock"})


def test_an_update_costs_no_value_but_the_refused(
    caller: Caller, customer: Customer, sarah: User
) -> None:
    caller.opens(str(customer.pk))
    ticket = Ticket.objects.get()
    answer = caller.ask(
        "update_conversation",
        conversation_id=str(ticket.pk),
        title="y" * 20,
        tags=["hot"],
        status="resolved",
    )
    assert (answer["title"], answer["tags"], answer["status"]) == (None, ["hot"], "resolved")
    assert Event.objects.get().cause == "the helpdesk did not take: title (Too long.)"
    assert FinCall.objects.latest("pk").detail == Event.objects.get().cause


def test_a_refused_value_of_the_end_user_costs_no_other(
    posts_only: Caller, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Part.put

    def picky(part: Part, obj: Any, values: Any, context: Context) -> bool:
        if "vip" in values.get("attributes", {}):
            raise RefusedError("No.")
        return put(part, obj, values, context)

    posts_only.opens(str(customer.pk))
    monkeypatch.setattr(demo.Customers, "put", picky, raising=False)
    user = {"id": str(customer.pk), "attributes": {"vip": True, "age": 7}}
    ticket_id = str(Ticket.objects.get().pk)
    posts_only.ask("update_conversation", conversation_id=ticket_id, user=user)
    assert Kept.objects.get(kind="end_user").values == {"attributes": {"age": 7}}
    assert FinCall.objects.latest("pk").detail == "of the end user: attribute vip (No.)"
    assert not Event.objects.exists()
