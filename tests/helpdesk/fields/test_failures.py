"""A value at which the helpdesk's code or storage fails costs itself, in both dialects."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from pytest_django import Settings

from fin_bridge import helpdesk as fin
from fin_bridge.helpdesk import current
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Customer, Reply, ReplyFile, Ticket
from tests.support.fin_caller import Caller

pytestmark = pytest.mark.django_db(transaction=True)


class SdkError(Exception):
    """An error of a storage's own."""


def fails(self: Any, *args: Any) -> Any:
    raise SdkError("the bucket is away")


def described(base: type[Any], **words: Any) -> type[Any]:
    return type(f"Broken{base.__name__}", (base,), words)


pictured = fin.Helpdesk(
    described(
        demo.Customers, photo_url="picture.url", attributes={"plan": "plan", "file": "picture.url"}
    ),
    described(demo.Staff, photo_url="picture.url"),
    demo.Tickets,
    demo.Openings,
    demo.Replies,
)
broken = fin.Helpdesk(
    described(
        demo.Customers,
        get_name=fails,
        get_email=fails,
        get_photo_url=fails,
        attributes={"plan": "plan", "risk": "picture.url"},
    ),
    described(demo.Staff, get_photo_url=fails, get_alias=fails),
    described(
        demo.Tickets,
        get_title=fails,
        get_status=fails,
        get_assignee=fails,
        get_tags=fails,
        get_attributes=fails,
        get_created_at=fails,
        get_updated_at=fails,
    ),
    demo.Openings,
    demo.Replies,
)
userless = fin.Helpdesk(
    demo.Customers,
    described(demo.Staff, record=lambda self, obj: fails(self)),
    described(demo.Tickets, get_user=fails),
    demo.Openings,
    demo.Replies,
)
reluctant = fin.Helpdesk(
    described(demo.Customers, set_attributes=fails, set_email=fails),
    demo.Staff,
    described(demo.Tickets, set_title=fails),
    demo.Openings,
    demo.Replies,
)
HERE = "tests.helpdesk.fields.test_failures"


@pytest.fixture
def picture(monkeypatch: pytest.MonkeyPatch) -> ReplyFile:
    """A file of everybody's, which is none yet."""
    row = ReplyFile()
    for model in (Customer, User):
        monkeypatch.setattr(model, "picture", property(lambda _: row.upload), raising=False)
    return row


def test_an_empty_picture_is_none(
    caller: Caller, ticket: Ticket, sarah: User, picture: ReplyFile, settings: Settings
) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"{HERE}.pictured"
    Ticket.objects.update(assignee=sarah)
    answer = caller.ask("get_conversation", conversation_id=str(ticket.pk))
    assert answer["user"]["attributes"] == {"plan": "pro", "file": None}
    assert (answer["user"]["photo_url"], answer["assignee"]["photo_url"]) == (None, None)
    assert [agent["photo_url"] for agent in caller.ask("get_agents")] == [None]
    assert caller.ask("create_user", object_id="u-1", name="Grace")["photo_url"] is None
    created = caller.opens(str(ticket.customer_id))
    assert created["conversation"]["user"]["photo_url"] is None


def test_a_storage_that_raises_costs_the_address(
    caller: Caller,
    ticket: Ticket,
    sarah: User,
    picture: ReplyFile,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"{HERE}.pictured"
    picture.upload.name = "a.png"
    monkeypatch.setattr(picture.upload.storage, "url", lambda name: fails(name))
    answer = caller.ask("get_conversation", conversation_id=str(ticket.pk))
    assert (answer["user"]["photo_url"], answer["user"]["attributes"]["file"]) == (None, None)
    assert f"BrokenCustomers.photo_url of row {ticket.customer_id} cannot be read." in caplog.text
    assert f"BrokenCustomers.attributes['file'] of row {ticket.customer_id}" in caplog.text
    assert "SdkError: the bucket is away" in caplog.text
    [agent] = caller.ask("get_agents")
    assert (agent["name"], agent["photo_url"]) == ("Sarah Lee", None)


def test_words_that_fail_are_as_if_the_helpdesk_had_none(
    caller: Caller, ticket: Ticket, sarah: User, settings: Settings
) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"{HERE}.broken"
    answer = caller.ask("get_conversation", conversation_id=str(ticket.pk))
    assert (answer["title"], answer["status"], answer["assignee"]) == (None, "open", None)
    assert answer["user"]["name"] is answer["user"]["email"] is None
    assert answer["user"]["attributes"] == {"plan": "pro", "risk": None}
    [agent] = caller.ask("get_agents")
    assert (agent["name"], agent["email"]) == ("Sarah Lee", "sarah@example.com")
    created = caller.opens(str(ticket.customer_id))
    assert created["conversation"]["status"] == "open"
    assert Ticket.objects.count() == 2


def test_a_user_who_fails_costs_no_message_and_an_agent_no_other(
    caller: Caller, ticket: Ticket, sarah: User, settings: Settings
) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"{HERE}.userless"
    [reply] = Reply.objects.bulk_create([Reply(ticket=ticket, body="<p>Hi</p>")])
    Reply.objects.update(created=ticket.created)
    conversation = caller.ask("get_conversation", conversation_id=str(ticket.pk))
    assert conversation["user"]["id"] == "unknown"
    settings.FIN_BRIDGE_SETTLE = 0
    shown = caller.ask("get_messages", conversation_id=str(ticket.pk))
    assert str(reply.pk) in [message["id"] for message in shown]
    assert caller.ask("get_agents") == []


def test_a_value_that_cannot_be_written_costs_no_chat(
    caller: Caller, customer: Customer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.FIN_BRIDGE_HELPDESK = f"{HERE}.reluctant"
    user = caller.ask(
        "create_user", object_id="u-1", name="G", email="g@example.com", attributes={"plan": "x"}
    )
    assert (user["name"], user["attributes"]["plan"]) == ("G", "")
    assert Customer.objects.get(pk=user["id"]).full_name == "G"
    attributes: dict[str, Any] = {"plan": "free"}
    given = {"id": str(customer.pk), "attributes": attributes}
    values: dict[str, Any] = {"user": given} if caller.dialect == "posts_only" else {}
    created = caller.opens(str(customer.pk), title="Printer", **values)
    assert created["conversation"]["title"] is None
    assert Ticket.objects.get().subject == ""
    assert "SdkError" in caplog.text


def test_an_error_of_the_database_is_raised(ticket: Ticket) -> None:
    def breaks(self: Any, obj: Any) -> Any:
        raise OperationalError("gone away")

    desk = fin.Helpdesk(
        described(demo.Customers, get_name=breaks),
        demo.Staff,
        described(demo.Tickets, get_title=breaks),
        demo.Openings,
        described(demo.Replies, get_body=breaks),
    )
    with pytest.raises(OperationalError):
        desk.end_users.record(ticket.customer)
    with pytest.raises(OperationalError):
        desk.conversations.record(ticket)
    replies = desk.messages[1]
    for read in (replies.reads, lambda obj: replies.record(obj, "1")):
        with pytest.raises(OperationalError):
            read(Reply(ticket=ticket))
    assert current().conversations.record(ticket).title == "Printer"
